// Nodes of a store in Redis, for tests that look at one thing.

import { CLIENTS } from './clients.mjs';
import { redis } from './sources.mjs';

const LONG = 600_000;
/** The clients with connections. */
export const KINDS = ['redis', 'ioredis', 'iovalkey'];

/** For each call a signal of its own, as the tier does it. */
export const within = (milliseconds) => AbortSignal.timeout(milliseconds);
const soon = () => within(60_000);

/** A node with values that are texts. */
export class Node {
  constructor(store) {
    this.store = store;
  }

  /** Connects a node by a kind of client. `context`: the test, whose end closes the client. */
  static async connect(context, kind, port, options = {}) {
    const { client, close } = await CLIENTS[kind](port);
    context.after(close);
    const node = new Node(redis(client, { prefix: 'faults', ...options }));
    node.client = client;
    return node;
  }

  position(signal = soon()) {
    return this.store.read([], signal);
  }

  async get(id, signal = soon()) {
    const [record] = (await this.store.read([id], signal)).records;
    return record && record.since >= record.hard ? new TextDecoder().decode(record.data) : undefined;
  }

  async write(id, value, since, { life = LONG, concerns = ['tag'], signal = soon(), turn } = {}) {
    const record = { data: new TextEncoder().encode(value), concerns: [id, ...concerns], life };
    return (await this.store.write(id, record, { since, turn }, signal)).result;
  }

  put(id, value, { ifSince, signal = soon(), life = LONG } = {}) {
    const record = { data: new TextEncoder().encode(value), concerns: [id, 'tag'], life };
    return this.store.put(id, record, { keep: LONG, ifSince }, signal);
  }

  drop(marks, { keep = LONG, signal = soon() } = {}) {
    return this.store.drop(marks, { soft: false, keep }, signal);
  }

  changes(after, wait = 0, signal = within(60_000)) {
    return this.store.changes(after, wait, signal);
  }
}
