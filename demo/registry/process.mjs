// The registry: an HTTP server on this machine that answers as slowly as one far away. Runs in a process of its own, so
// that its work doesn't delay the demo's. Started by client.mjs, and over with the process that started it.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { logNormal, mulberry32 } from '../../bench/js/tools/random.mjs';
import { DIDS, FAILURES, LATENCY, didOf, didPath, isFlaky } from './catalog.mjs';
import { makeDocuments } from './documents.mjs';

const documents = makeDocuments();
const random = mulberry32(20);
const flaky = new Set();
for (let number = 0; number < DIDS; number += 1) if (isFlaky(number)) flaky.add(didPath(didOf(number)));

/** What was asked for since the last reset, by path: how often, how often right now, and how often at most at once. */
let counts = new Map();

/** How many of the next answers for a path shall be failures. */
const toFail = new Map();

/** What the demo can ask for, outside of HTTP. */
const ORDERS = {
  /** Counts anew. */
  reset: () => {
    counts = new Map();
  },
  /** Lets the next answers for a path be failures. */
  fail: ({ path, times }) => {
    toFail.set(path, times);
  },
  /** What was counted. */
  counts: () => {
    const all = [...counts.values()];
    return {
      requests: all.reduce((sum, { requests }) => sum + requests, 0),
      paths: all.length,
      mostAtOnce: all.reduce((most, { atOnce }) => Math.max(most, atOnce), 0),
    };
  },
};

const server = createServer((request, response) => {
  const path = request.url;
  const count = counts.get(path) ?? { requests: 0, open: 0, atOnce: 0 };
  counts.set(path, count);
  count.requests += 1;
  count.open += 1;
  count.atOnce = Math.max(count.atOnce, count.open);
  const { status, type, body, etag } = answer(path, request.headers['if-none-match']);
  const delay = Math.min(logNormal(random, LATENCY.median, LATENCY.sigma), LATENCY.most);
  setTimeout(() => {
    count.open -= 1;
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
    response.writeHead(status, etag ? { ...headers, etag } : headers);
    response.end(body);
  }, delay);
});

/** @param {string | undefined} known The version that the caller has. */
function answer(path, known) {
  if (fails(path)) return { status: 503, type: 'application/json', body: '{"error":"unavailable"}' };
  const document = documents.get(path);
  if (document === undefined) return { status: 404, type: 'application/json', body: '{"error":"not found"}' };
  const etag = `"${createHash('sha256').update(document.body).digest('base64url').slice(0, 16)}"`;
  if (etag === known) return { status: 304, type: document.type, body: '', etag };
  return { status: 200, ...document, etag };
}

function fails(path) {
  const times = toFail.get(path) ?? 0;
  if (times > 0) toFail.set(path, times - 1);
  return times > 0 || (flaky.has(path) && random() < FAILURES);
}

// The demo keeps its connections. One that is closed here while a request is on its way there would be an error.
server.keepAliveTimeout = 120_000;
server.on('error', ({ message }) => process.send({ failed: message }));
server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => process.send({ port: server.address().port }));

process.on('message', ({ id, order, details }) => process.send({ id, answer: ORDERS[order](details) ?? null }));
process.on('disconnect', () => process.exit());
// Ctrl-C reaches this process too. The demo decides when it is over.
process.on('SIGINT', () => {});
