// A program that listens, stops and closes its client: node exit.mjs KIND PORT. It has to end by itself.

import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENTS } from './clients.mjs';
import { redis } from './sources.mjs';

const [kind, port] = process.argv.slice(2);
const { client, close } = await CLIENTS[kind](Number(port));
const store = redis(client, { prefix: 'exit' });
const stop = new AbortController();
const start = await store.read([], stop.signal);
// One answer, after which the connection is kept, and one wait that the signal ends.
setTimeout(() => store.drop(['a'], { soft: false, keep: 1000 }, new AbortController().signal), 100);
const news = await store.changes(start, 5000, stop.signal);
const waiting = store.changes(news, 60_000, stop.signal).catch(() => {});
await sleep(200);
stop.abort();
await waiting;
const last = new AbortController();
await store.changes(news, 50, last.signal);
last.abort();
close();
