// The worker and its upstream in workerd, and clients of theirs.

import * as esbuild from 'esbuild';
import { Miniflare } from 'miniflare';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { built } from '../../build.mjs';

/** As in src/cached.rs. */
export const LEASE = 2000;

/** How late an answer may be on a busy machine. */
export const SLACK = 4000;

const folder = built('worker');

/** Starts both. */
export async function open(compatibilityDate) {
  const printed = [];
  await esbuild.build({
    entryPoints: [join(folder, 'shim.mjs')],
    outfile: join(folder, 'bundle.mjs'),
    bundle: true,
    format: 'esm',
    external: ['*.wasm'],
  });
  const flare = new Miniflare({
    handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.on('data', (data) => printed.push(data))),
    workers: [
      {
        name: 'worker',
        compatibilityDate,
        // Ends a request when its client goes away.
        compatibilityFlags: ['enable_request_signal'],
        modulesRoot: folder,
        modules: [
          { type: 'ESModule', path: join(folder, 'bundle.mjs') },
          { type: 'CompiledWasm', path: join(folder, 'worker_example_bg.wasm') },
        ],
        serviceBindings: { UPSTREAM: 'upstream' },
      },
      {
        name: 'upstream',
        compatibilityDate,
        modules: true,
        script: readFileSync(new URL('upstream.mjs', import.meta.url), 'utf8'),
      },
    ],
  });
  const stage = new Stage(flare, printed);
  // The first request waits for the runtime to start.
  await stage.ask('/stats');
  return stage;
}

class Stage {
  #flare;
  #printed;

  constructor(flare, printed) {
    this.#flare = flare;
    this.#printed = printed;
  }

  /** Tells upstream how it has to answer from now on. */
  async plan(path, plan) {
    const upstream = await this.#flare.getWorker('upstream');
    await upstream.fetch('http://upstream/plan', { method: 'POST', body: JSON.stringify({ path, ...plan }) });
  }

  /** How many times upstream was asked for something. */
  async count(path) {
    const upstream = await this.#flare.getWorker('upstream');
    const counts = await (await upstream.fetch('http://upstream/counts')).json();
    return counts[path] ?? 0;
  }

  /** What the worker answers, and how many milliseconds it took. A request that hangs fails. */
  async ask(path, body) {
    const begun = performance.now();
    const response = await this.#flare.dispatchFetch(`http://localhost${path}`, {
      ...(body !== undefined && { method: 'POST', body }),
      signal: AbortSignal.timeout(3 * LEASE + SLACK),
    });
    return { status: response.status, text: await response.text(), took: performance.now() - begun };
  }

  /** The texts of several answers at once, each with the status 200. */
  async askAll(count, path, body) {
    const answers = await Promise.all(Array.from({ length: count }, () => this.ask(path, body)));
    return answers.map(({ status, text }) => (status === 200 ? text : `${status}: ${text}`));
  }

  /**
   * Sends a request whose client goes away when it is told to, and waits until upstream was asked for something. Going
   * away resets the connection: the runtime doesn't notice a client that merely closes it, until there is something to
   * write.
   */
  async lead(asked, path, body) {
    const begun = performance.now();
    const method = body === undefined ? 'GET' : 'POST';
    const request = http.request(new URL(path, await this.#flare.ready), { method, agent: false });
    request.on('error', () => {}).end(body);
    while ((await this.count(asked)) === 0) await pause(20);
    const goAway = () => {
      assert.equal(request.res ?? null, null, 'the answer came before the client went away');
      request.socket.resetAndDestroy();
    };
    return { begun, goAway };
  }

  /** Asks until the answer is as it should be. The last answer. */
  async askUntil(path, wanted) {
    const end = performance.now() + SLACK;
    for (;;) {
      const { text } = await this.ask(path);
      if (text === wanted || performance.now() > end) return text;
      await pause(50);
    }
  }

  /**
   * Ends both. The runtime may have complained of nothing but of promises of requests that are dead: nobody knows that
   * they are, so they are woken, too, and the runtime forgets it.
   */
  async close() {
    await this.#flare.dispose();
    assert.doesNotMatch(
      Buffer.concat(this.#printed).toString(),
      /behalf of a different request|hung|uncaught|panic|unreachable/i,
    );
  }
}
