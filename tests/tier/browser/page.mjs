// What the tests use in a tab.

import { idb } from '/target/tier/browser/idb.mjs';
import * as sealing from '/target/tier/browser/sealed.mjs';
import { storeSuite } from '/target/tier/suite.mjs';
import * as databases from './databases.mjs';

const bytes = (text) => new TextEncoder().encode(text);
const text = (data) => new TextDecoder().decode(data);
const LONG = 600_000;

/** Data that can't be compressed. */
const noise = (length) => {
  const data = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
  return data;
};

/** A node of the store, in words of one line. Values are texts, unless they are numbers: then they are so many bytes. */
class Node {
  constructor(name, { key, ...options } = {}) {
    const store = idb(name, { feedLength: 50, ...options });
    this.store = key ? sealing.sealed(store, key) : store;
  }

  get signal() {
    return AbortSignal.timeout(20_000);
  }

  record(id, value, { concerns = [], life = LONG } = {}) {
    const data = typeof value === 'number' ? noise(value) : bytes(value);
    return { data, concerns: [id, 'everything', ...concerns], life };
  }

  async get(id) {
    const [record] = (await this.store.read([id], this.signal)).records;
    return record && text(record.data);
  }

  position() {
    return this.store.read([], this.signal).then(({ epoch, sequence }) => ({ epoch, sequence }));
  }

  async write(id, value, since, options) {
    const written = await this.store.write(id, this.record(id, value, options), { since, ...options }, this.signal);
    return written.result;
  }

  put(id, value, options) {
    return this.store.put(id, this.record(id, value, options), { keep: LONG }, this.signal);
  }

  drop(...marks) {
    return this.store.drop(marks, { soft: false, keep: LONG }, this.signal);
  }

  changes(after, wait) {
    return this.store.changes(after, wait, this.signal);
  }
}

Object.assign(globalThis, { databases, idb, sealing, storeSuite, node: (...words) => new Node(...words) });

/** Does what a server tells it to, many things at once. */
async function obey(orders) {
  const tell = (answer) => fetch(orders, { method: 'POST', body: JSON.stringify(answer) });
  for (let from = `${orders}/new`; ; from = orders) {
    const order = await (await fetch(from)).json();
    if (order === null) continue;
    const { id, expression } = order;
    // Each is a function of the tests, called.
    const result = (0, eval)(expression);
    result.then((result) => tell({ id, result })).catch((error) => tell({ id, error: String(error) }));
  }
}

const orders = new URLSearchParams(location.search).get('orders');
if (orders) obey(orders);
