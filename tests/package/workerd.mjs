// On workerd, through miniflare: the suite within one request, and loads and locks across many.

import * as esbuild from 'esbuild';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { consumer } from './consumer.mjs';
import { LEASE, SCENARIOS, SLACK } from './workerd-scenarios.mjs';

/**
 * The first date at which a request that waits for another one's promise goes on as itself, which loads and locks need; and
 * one at which the runtime also tells what it has collected.
 */
const DATES = ['2024-10-14', '2026-05-01'];

/** Counts how many times it was asked for each path, and answers after a while. */
const UPSTREAM = `
  const counts = {};
  export default {
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === '/counts') return Response.json(counts);
      const key = pathname.slice(1);
      const count = (counts[key] = (counts[key] ?? 0) + 1);
      await scheduler.wait(Number(searchParams.get('delay')));
      return new Response(String(count), { status: Number(searchParams.get('status')) });
    },
  };
`;

/** A worker of the consumer's, bundled, beside the module that it imports. */
async function bundle(name) {
  const script = join(consumer, `${name}.bundle.mjs`);
  await esbuild.build({
    entryPoints: [join(consumer, `${name}.mjs`)],
    outfile: script,
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['*.wasm?module'],
  });
  const wasm = readFileSync(join(consumer, 'node_modules/keylatch/cache.wasm'));
  return {
    name,
    modulesRoot: consumer,
    modules: [
      { type: 'ESModule', path: script },
      { type: 'CompiledWasm', path: join(consumer, 'cache.wasm?module'), contents: wasm },
    ],
  };
}

/** Runs something in a runtime that has these workers. The first is the one that is asked. */
async function withWorkers(options, run) {
  const { Miniflare } = await import('miniflare');
  const flare = new Miniflare(options);
  try {
    return await run(flare);
  } finally {
    await flare.dispose();
  }
}

/** The suite, and what takes a few requests. */
export async function inWorkerd() {
  const worker = await bundle('worker');
  const outcomes = [];
  for (const compatibilityDate of DATES) {
    await withWorkers({ ...worker, compatibilityDate }, async (flare) => {
      const get = async (path) => (await flare.dispatchFetch(`http://localhost${path}`)).json();
      const early = await get('/early');
      const tests = process.env.TESTS ? `?tests=${encodeURIComponent(process.env.TESTS)}` : '';
      outcomes.push(await get(`/run${tests}`), await acrossRequests(get, early));
    });
  }
  return outcomes;
}

/** How long requests that wait for a lease of 300 ms may take: longer than a slow machine does, and less than a default lease. */
const PATIENCE = 20_000;

/** What takes more than one request. */
async function acrossRequests(get, early) {
  const failures = [];
  const check = (name, holds, seen) => holds || failures.push({ name, error: JSON.stringify(seen) });
  /** What is asked several times at once, and whether the answers come in time. */
  const thrice = async (path) => {
    const begun = performance.now();
    const answers = await Promise.all([get(path), get(path), get(path)]);
    return { answers, inTime: performance.now() - begun < PATIENCE };
  };
  /** Asks until an answer is as it should be; the last one. */
  const until = async (path, isRight) => {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const answer = await get(path);
      if (isRight(answer) || performance.now() > end) return answer;
      await pause(100);
    }
  };
  const fresh = await get('/set');
  await pause(250);
  const stale = await get('/get');
  check('an entry expires though its request has ended', fresh === 1 && stale === null, { fresh, stale });
  const { at: abandoned } = await get('/abandon');
  const waits = await thrice('/wait');
  const isNobodyEarly = waits.answers.every(({ done, at }) => !done && at - abandoned >= 290);
  check('a lock is taken over from a request that has ended', waits.inTime && isNobodyEarly, { abandoned, ...waits });
  await get('/abandon-load');
  const loads = await thrice('/load');
  const isOne = loads.answers.every(({ value }) => value === loads.answers[0].value && value > 0);
  check('a load is taken over from a request that has ended, by one', loads.inTime && isOne, loads);
  await get('/lock-for-load');
  const afterLock = await get('/load-behind-lock');
  check('a load takes over from a lock whose request has ended', afterLock.value === 'own', afterLock);
  const behind = [await get('/stale'), await get('/stale'), await until('/stale', (value) => value === 'new')];
  check('waitUntil keeps a load behind alive', JSON.stringify(behind) === '["old","old","new"]', behind);
  const late = await until('/early', (value) => value === null);
  check('what was stored at module scope lives, and expires', early === 1 && late === null, { early, late });
  return { seed: 0, passed: 6 - failures.length, failures };
}

/** Loads and locks of many requests, in a runtime of each date at the same time. */
export async function inRequests() {
  const worker = await bundle('requests');
  return Promise.all(
    DATES.map(async (compatibilityDate) => {
      const printed = [];
      const options = {
        handleRuntimeStdio: (...streams) =>
          streams.forEach((stream) => stream.on('data', (data) => printed.push(data))),
        workers: [
          {
            ...worker,
            compatibilityDate,
            // Makes a request's signal abort when its client goes away.
            compatibilityFlags: ['enable_request_signal'],
            serviceBindings: { UPSTREAM: 'upstream' },
          },
          { name: 'upstream', compatibilityDate, modules: true, script: UPSTREAM },
        ],
      };
      return withWorkers(options, (flare) => runScenarios(flare, printed, compatibilityDate));
    }),
  );
}

async function runScenarios(flare, printed, date) {
  const failures = [];
  let passed = 0;
  let tries = 0;
  // The first request waits for the runtime to start.
  await flare.dispatchFetch('http://localhost/', { method: 'POST', body: '{ "action": "early" }' });
  /** Runs a scenario; what went wrong, if anything has. */
  const attempt = async (scenario) => {
    const requests = new Requests(flare, `k${(tries += 1)}`);
    printed.length = 0;
    try {
      await scenario(requests, requests.key).finally(() => requests.assertGoodAnswers());
      await requests.expectHealth();
      requests.assertGoodAnswers();
      const said = Buffer.concat(printed).toString();
      assert.doesNotMatch(said, /behalf of a different request|hung|uncaught/i, `the runtime says: ${said}`);
      return undefined;
    } catch (error) {
      return `${error.stack}\nanswers: ${requests.describe()}`;
    }
  };
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    let error;
    // What fails while the machine stands still proves nothing.
    for (let turn = 1; turn <= TRIES; turn += 1) {
      const pulse = new Pulse(flare);
      error = await attempt(scenario);
      const stood = await pulse.stop();
      if (error === undefined || stood < STANDSTILL) break;
      console.log(`workerd-requests: “${name}” failed while the machine stood still for ${stood} ms, try ${turn}`);
    }
    if (error === undefined) passed += 1;
    else failures.push({ name: `${name} (${date})`, error });
  }
  return { seed: 0, passed, failures };
}

/** How often a scenario is tried at the most. */
const TRIES = 5;

/** For how many milliseconds the machine has stood still if an answer takes that long which takes two or three. */
const STANDSTILL = 60;

/** Asks the runtime for something simple all the time, and so notices when nothing goes on there, or here. */
class Pulse {
  #isBeating = true;
  #longest = 0;
  #beats;

  constructor(flare) {
    this.#beats = this.#beat(flare);
  }

  async #beat(flare) {
    const upstream = await flare.getWorker('upstream');
    while (this.#isBeating) {
      const begun = performance.now();
      await (await upstream.fetch('http://upstream/pulse?delay=0&status=200')).text();
      this.#longest = Math.max(this.#longest, performance.now() - begun);
      await pause(5);
    }
  }

  /** The longest that an answer took. */
  async stop() {
    this.#isBeating = false;
    await this.#beats;
    return Math.round(this.#longest);
  }
}

/** The requests of one scenario, about a key that no other scenario has. */
export class Requests {
  #flare;
  #answers = [];
  #problems = [];

  constructor(flare, key) {
    this.#flare = flare;
    this.key = key;
  }

  /** Sends a request, and never rejects. The answer has to come within a lease and the request's own load. */
  async send({ within = LEASE + SLACK, ...order }) {
    const begun = performance.now();
    const limit = within + (order.delay ?? 0) + (order.hold ?? 0);
    let answer;
    try {
      const response = await this.#flare.dispatchFetch('http://localhost/', {
        method: 'POST',
        body: JSON.stringify({ key: this.key, ...order }),
        signal: AbortSignal.timeout(limit + 3000),
      });
      const text = await response.text();
      answer = response.ok ? (JSON.parse(text || 'null') ?? {}) : { error: text, code: 'runtime' };
    } catch (error) {
      answer = { error: String(error), code: 'hangs' };
    }
    const took = Math.round(performance.now() - begun);
    this.#answers.push({ ...order, ...answer, took });
    if (took > limit) this.#problems.push(`${order.action} took ${took} ms, not ${limit}`);
    if (answer.code === 'runtime' || /behalf of a different request/.test(answer.error))
      this.#problems.push(answer.error);
    return answer;
  }

  /** No request has waited too long, or had an error that is none of its business. */
  assertGoodAnswers() {
    assert.deepEqual(this.#problems, []);
  }

  /**
   * Sends a request whose client goes away after a while. It resets the connection: the runtime doesn't notice a client
   * that merely closes it, until there is something to write.
   */
  async sendAndGo({ after, ...order }) {
    const request = http.request(await this.#flare.ready, { method: 'POST', agent: false });
    request.on('error', () => {}).end(JSON.stringify({ key: this.key, ...order }));
    await pause(after);
    assert.equal(request.res ?? null, null, 'the answer came before the client went away');
    request.socket.resetAndDestroy();
    this.#answers.push({ ...order, goesAfter: after });
  }

  load(order) {
    return this.send({ action: 'load', ...order });
  }

  lock(order) {
    return this.send({ action: 'lock', ...order });
  }

  /** How many times upstream was asked for a key. */
  async count(key = this.key) {
    return (await this.counts())[key] ?? 0;
  }

  async counts() {
    const upstream = await this.#flare.getWorker('upstream');
    return (await upstream.fetch('http://upstream/counts')).json();
  }

  /** Upstream's answers that have reached a loader. */
  async answered() {
    return (await this.send({ action: 'log' })).value.answered;
  }

  /** The key is free and can be loaded, nothing is left of what the scenario has begun, and no error got lost. */
  async expectHealth() {
    await pause(LEASE);
    const { value } = await this.load({ within: SLACK });
    assert.ok(value !== undefined && value !== null, `the key has ${value}`);
    const lock = await this.lock({ within: SLACK });
    assert.deepEqual(lock.value, { isHolder: false, result: value });
    const { value: log } = await this.send({ action: 'log' });
    assert.deepEqual(log.unhandled, []);
  }

  describe() {
    return this.#answers
      .map((answer) => `\n  ${JSON.stringify(answer).slice(0, 200)}`)
      .slice(-20)
      .join('');
  }
}
