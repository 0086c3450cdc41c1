// The object, with what tests do to it.

import { KeylatchObject } from '../../../pkg-template/src/tier/durable.ts';

const TABLES = ['state', 'log', 'names', 'turns'].map((name) => `keylatch_${name}`);
/** How often the object of each name was started. */
const starts = {};

export class TestObject extends KeylatchObject {
  #state;
  #name;
  #written = 0;

  constructor(state, env) {
    const { sql } = state.storage;
    const exec = sql.exec.bind(sql);
    let count = () => {};
    Object.defineProperty(sql, 'exec', {
      value(...call) {
        const cursor = exec(...call);
        count(cursor);
        return cursor;
      },
    });
    super(state, env);
    count = ({ rowsWritten }) => (this.#written += rowsWritten);
    this.#state = state;
    this.#name = String(state.id);
    starts[this.#name] = (starts[this.#name] ?? 0) + 1;
  }

  /** How often it was started, what it has written since, and when it will sweep. */
  async report() {
    const { storage } = this.#state;
    const rows = TABLES.map((table) => [table, storage.sql.exec(`SELECT count(*) AS n FROM ${table}`).one().n]);
    const alarm = await storage.getAlarm();
    return { starts: starts[this.#name], written: this.#written, alarm, rows: Object.fromEntries(rows) };
  }

  /** Ends at once, as when the machine is needed for something else. */
  stop() {
    this.#state.abort('stopped by a test');
  }

  async lose() {
    await this.#state.storage.deleteAll();
    // Makes what an object makes when it starts.
    new KeylatchObject(this.#state, {});
  }

  save() {
    return TABLES.map((table) => [table, this.#state.storage.sql.exec(`SELECT * FROM ${table}`).toArray()]);
  }

  restore(tables) {
    const { storage } = this.#state;
    storage.transactionSync(() => {
      for (const [table, rows] of tables) {
        storage.sql.exec(`DELETE FROM ${table}`);
        for (const row of rows) {
          const values = Object.values(row);
          storage.sql.exec(`INSERT INTO ${table} VALUES(${values.map(() => '?').join()})`, ...values);
        }
      }
    });
  }

  /** Many invalidations, without a call for each. */
  async dropMany(count, keep) {
    for (let index = 0; index < count; index += 1) await this.drop([`many ${index}`], { soft: false, keep });
  }

  /** Sweeps once, as its alarm does. Returns how many names are left then. */
  async sweep() {
    await this.#state.storage.deleteAlarm();
    const swept = this.alarm();
    const { n } = this.#state.storage.sql.exec('SELECT count(*) AS n FROM keylatch_names').one();
    await swept;
    return n;
  }
}
