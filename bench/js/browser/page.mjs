// What runs in the page: one piece of work, which stands in its address. The result goes to the server.

import { measure } from '../hits/loops.mjs';

const { port1, port2 } = new MessageChannel();
const waiting = [];
port1.onmessage = () => waiting.shift()();

/** As in Node: called in the event loop's next turn. A timer would wait for some milliseconds. */
globalThis.setImmediate = (callback) => {
  waiting.push(callback);
  port2.postMessage(0);
};

/** Chromium has it on demand. Firefox has none: there the contenders' garbage is cleared up when the browser likes. */
globalThis.gc ??= () => {};

async function resultOf({ spec, plan }) {
  // Without it the clock is too coarse for a round.
  if (!crossOriginIsolated) throw new Error('the page is not isolated');
  return { result: await measure(spec, plan) };
}

const work = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const answer = await resultOf(work).catch(({ message }) => ({ error: message }));
await fetch('/result', { method: 'POST', body: JSON.stringify(answer) });
