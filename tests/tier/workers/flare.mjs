// Workers in miniflare: two with the same script and one object, in a runtime of a date.

import * as esbuild from 'esbuild';
import { Miniflare } from 'miniflare';
import { fileURLToPath } from 'node:url';
import { storeSuite } from '../sources.mjs';

/** The first date at which the package works, and a later one. */
export const [FIRST, LATER] = ['2024-10-14', '2026-05-01'];

let script;
async function bundle() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL('worker.mjs', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external: ['cloudflare:workers'],
  });
  return outputFiles[0].text;
}

export class Flare {
  /** What the runtime has said. */
  said = '';
  #flare;
  #rules = 0;

  /** @param options `persist`: a folder in which the storage stays. */
  static async start(compatibilityDate, { persist } = {}) {
    script ??= await bundle();
    const worker = { modules: true, script, compatibilityDate, kvNamespaces: { VALUES: 'values' } };
    const flare = new Flare();
    flare.#flare = new Miniflare({
      durableObjectsPersist: persist,
      handleRuntimeStdio: (...streams) =>
        streams.forEach((stream) => stream.on('data', (data) => (flare.said += String(data)))),
      workers: [
        {
          ...worker,
          name: 'one',
          durableObjects: { OBJECT: { className: 'TestObject', useSQLite: true } },
          serviceBindings: { OTHER: { name: 'two', entrypoint: 'Node' } },
        },
        {
          ...worker,
          name: 'two',
          durableObjects: { OBJECT: { className: 'TestObject', scriptName: 'one', useSQLite: true } },
        },
      ],
    });
    await flare.#flare.ready;
    return flare;
  }

  async #ask(order) {
    const response = await this.#flare.dispatchFetch('http://localhost/', {
      method: 'POST',
      body: JSON.stringify(order),
    });
    if (response.ok) return response.json();
    throw new Error(await response.text());
  }

  /** Runs one test of the suite. */
  rule(kind, rule) {
    this.#rules += 1;
    return this.#ask({ kind, rule, name: `${kind} ${this.#rules}` });
  }

  /** Takes a step in a request of its own, with a store of a kind. */
  step(kind, name, step, options) {
    return this.#ask({ kind, name, step, ...options });
  }

  stop() {
    return this.#flare.dispose();
  }
}

/** The names of the suite's tests. */
export const rules = (capabilities) => storeSuite(() => {}, { capabilities }).map(({ name }) => name);
