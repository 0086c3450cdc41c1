// Caches in two workers over one Durable Object, and over KV with it: the published package in Cloudflare's runtime.

import * as esbuild from 'esbuild';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';

const root = fileURLToPath(new URL('../..', import.meta.url));
const DOUBT = 1000;

async function start() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL('workers/cache.mjs', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd'],
    external: ['cloudflare:workers', '*.wasm?module'],
    nodePaths: [`${root}/node_modules`],
  });
  const modules = [
    { type: 'ESModule', path: 'cache.mjs', contents: outputFiles[0].text },
    { type: 'CompiledWasm', path: 'cache.wasm?module', contents: readFileSync(`${root}/pkg/cache.wasm`) },
  ];
  const worker = { modules, compatibilityDate: '2026-05-01', kvNamespaces: { VALUES: 'values' } };
  const object = { className: 'KeylatchObject', useSQLite: true };
  const flare = new Miniflare({
    workers: [
      { ...worker, name: 'one', durableObjects: { CACHE: object } },
      { ...worker, name: 'two', durableObjects: { CACHE: { ...object, scriptName: 'one' } } },
    ],
  });
  await flare.ready;
  const workers = await Promise.all(['one', 'two'].map((name) => flare.getWorker(name)));
  const ask = (worker) => async (order) => {
    const response = await worker.fetch('http://localhost/', { method: 'POST', body: JSON.stringify(order) });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  return { flare, nodes: workers.map(ask) };
}

describe('caches in workers', () => {
  let flare;
  let nodes;
  before(async () => ({ flare, nodes } = await start()));
  after(() => flare.dispose());

  for (const kind of ['object', 'kv']) {
    test(`${kind}: values and invalidations are shared, and memory is old for no longer than doubt`, async () => {
      const [one, two] = nodes;
      assert.equal((await one({ kind, does: 'get', key: 'k', value: 'by one' })).value, 'by one');
      // The answer doesn't wait for the object.
      await sleep(100);
      assert.equal((await two({ kind, does: 'get', key: 'k', value: 'by two' })).value, 'by one');
      assert.equal((await two({ kind, does: 'peek', key: 'k' })).value, 'by one');
      await one({ kind, does: 'invalidate' });
      await sleep(DOUBT + 50);
      assert.equal((await two({ kind, does: 'peek', key: 'k' })).value, null);
      assert.equal((await two({ kind, does: 'get', key: 'k', value: 'anew' })).value, 'anew');
      await sleep(100);
      assert.equal((await one({ kind, does: 'get', key: 'k', value: 'again' })).value, 'anew');
      await one({ kind, does: 'set', key: 'k', value: 'set' });
      await sleep(100);
      await two({ kind, does: 'get', key: 'other', value: 1 });
      assert.equal(
        (await two({ kind, does: 'get', key: 'k', value: 'again' })).value,
        'set',
        'the load has asked for changes',
      );
      const { failures, queued, state } = await one({ kind, does: 'stats' });
      assert.deepEqual({ failures, queued, state }, { failures: 0, queued: 0, state: 'ok' });
    });

    test(`${kind}: many requests of both workers want one value: one load`, async () => {
      const calls = Array.from({ length: 20 }, (_, index) =>
        nodes[index % 2]({ kind, does: 'get', key: 'crowd', value: index, takes: 200 }),
      );
      const values = (await Promise.all(calls)).map(({ value }) => value);
      assert.equal(new Set(values).size, 1, values.join(' '));
    });
  }
});
