// The adapters, each with the library that it is for.

import { DidResolver, MemoryCache } from '@atproto/identity';
import { CachedGetter } from '@atproto-labs/simple-store';
import { SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Resolver } from 'did-resolver';
import Keyv from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { Cache, CacheError } from 'keylatch';
import { AtprotoDidCache, CredoCache, didCache, didStore } from 'keylatch/did';
import { KeyvStore } from 'keylatch/keyv';
import { observe, traced } from 'keylatch/otel';
import { UndiciStore } from 'keylatch/undici';
import keylatchDriver from 'keylatch/unstorage';
import assert from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { Agent, cacheStores, interceptors, request } from 'undici';
import { createStorage } from 'unstorage';
import { report } from './report.mjs';

/** Runs something while the wall clock is set forward by what `later` is told. */
async function withClock(run) {
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  try {
    return await run((milliseconds) => (ahead += milliseconds));
  } finally {
    Date.now = now;
  }
}

/** A server that counts its requests, and answers with the count. */
async function serve(answer, run) {
  const server = createServer((request, response) =>
    answer(request, response, (server.count = (server.count ?? 0) + 1)),
  );
  server.listen(0, 'localhost');
  await once(server, 'listening');
  try {
    await run(`http://localhost:${server.address().port}`, server);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const read = async (dispatcher, url, options) => (await request(url, { dispatcher, ...options })).body.text();

const tests = {};

for (const [version, Version] of Object.entries({ 5: Keyv, 6: Keyv6 })) {
  Object.assign(tests, {
    [`keyv ${version}: values, ttls, and what is missing`]: () =>
      withClock(async (later) => {
        const cache = new Cache({ max: 100 });
        const keyv = new Version({ store: new KeyvStore(cache), throwOnErrors: true });
        assert.equal(await keyv.set('a', { deep: [1] }), true);
        assert.deepEqual(await keyv.get('a'), { deep: [1] });
        await keyv.set('short', 1, 20_000);
        await keyv.setMany([
          { key: 'b', value: 2, ttl: 50_000 },
          { key: 'c', value: 3 },
        ]);
        assert.deepEqual(await keyv.getMany(['a', 'b', 'none']), [{ deep: [1] }, 2, undefined]);
        assert.deepEqual(await keyv.hasMany(['a', 'none']), [true, false]);
        later(20_000);
        assert.equal(await keyv.get('short'), undefined);
        assert.equal(await keyv.has('short'), false);
        assert.equal(await keyv.get('b'), 2);
        later(30_000);
        assert.equal(await keyv.get('b'), undefined);
        assert.equal(await keyv.delete('a'), true);
        assert.equal(await keyv.delete('a'), false);
        assert.equal(await keyv.get('c'), 3);
        await keyv.clear();
        assert.equal(cache.size, 0);
      }),

    [`keyv ${version}: two of them share a cache, and clear their own values`]: async () => {
      const cache = new Cache({ max: 100 });
      const [one, other] = ['one', 'other'].map((namespace) => new Version({ store: new KeyvStore(cache), namespace }));
      await one.set('a', 1);
      await other.set('a', 2);
      assert.equal(await one.get('a'), 1);
      await one.clear();
      assert.equal(await one.get('a'), undefined);
      assert.equal(await other.get('a'), 2);
    },

    [`keyv ${version}: the cache bounds it, and says what it doesn't store`]: async () => {
      const cache = new Cache({ maxSize: 1_000, maxEntrySize: 500 });
      const keyv = new Version({ store: new KeyvStore(cache) });
      assert.equal(await keyv.set('large', 'x'.repeat(2_000)), false);
      assert.equal(await keyv.get('large'), undefined);
      for (let index = 0; index < 100; index += 1) await keyv.set(`key ${index}`, 'x'.repeat(50));
      assert.ok(cache.stats().size <= 1_000);
    },
  });
}

Object.assign(tests, {
  'did-resolver: many callers, one request; errors go to those who wait': async () => {
    const cache = new Cache({ max: 100, ttl: 60_000 });
    let requests = 0;
    let error;
    const fake = async (did) => {
      requests += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { didResolutionMetadata: error ? { error } : {}, didDocument: { id: did }, didDocumentMetadata: {} };
    };
    const resolver = new Resolver({ fake }, { cache: didCache(cache) });
    const all = await Promise.all(Array.from({ length: 50 }, () => resolver.resolve('did:fake:1')));
    assert.equal(requests, 1);
    assert.ok(all.every(({ didDocument }) => didDocument.id === 'did:fake:1'));
    await resolver.resolve('did:fake:1#key');
    assert.equal(requests, 1, 'a fragment is no other document');
    await resolver.resolve('did:fake:1?versionId=2');
    await resolver.resolve('did:fake:1', { accept: 'application/did+json' });
    assert.equal(requests, 3, 'a query and an option may be');
    await resolver.resolve('did:fake:1', { cache: false });
    assert.equal(requests, 4);
    error = 'notFound';
    for (let time = 0; time < 2; time += 1) {
      const results = await Promise.all([1, 2, 3].map(() => resolver.resolve('did:fake:none')));
      assert.ok(results.every(({ didResolutionMetadata }) => didResolutionMetadata.error === 'notFound'));
    }
    assert.equal(requests, 6, 'an error is asked for again');
  },

  'Credo: contexts are apart, and what is global is not': () =>
    withClock(async (later) => {
      const cache = new Cache({ max: 100 });
      const credo = new CredoCache(cache);
      const [one, other] = ['one', 'other'].map((contextCorrelationId) => ({ contextCorrelationId }));
      assert.equal(await credo.get(one, 'a'), null);
      await credo.set(one, 'a', { id: 1 }, 300);
      await credo.set(other, 'a', 0);
      assert.deepEqual(await credo.get(one, 'a'), { id: 1 });
      assert.equal(await credo.get(other, 'a'), 0);
      later(300_000);
      assert.equal(await credo.get(one, 'a'), null);
      await credo.remove(other, 'a');
      assert.equal(await credo.get(other, 'a'), null);
      await credo.set(one, 'a', 'shared', undefined, { scope: 'global' });
      assert.equal(await credo.get(other, 'a', { scope: 'global' }), 'shared');
      assert.equal(await credo.get(one, 'a'), null);
      await credo.set({ contextCorrelationId: 'global' }, 'a', 'own');
      assert.equal(await credo.get(one, 'a', { scope: 'global' }), 'shared');
      await credo.remove(one, 'a', { scope: 'global' });
      assert.equal(await credo.get(one, 'a', { scope: 'global' }), null);
      await assert.rejects(credo.set(one, 'a', 1, -1), { code: 'invalid-ttl' });
    }),

  'atproto: a stale document serves while it is resolved again, as with its own cache': () =>
    withClock(async (later) => {
      const HOUR = 3_600_000;
      for (const didCache of [new MemoryCache(), new AtprotoDidCache(new Cache({ max: 100 }))]) {
        let requests = 0;
        const resolver = new DidResolver({ didCache });
        resolver.resolveNoCache = async (did) => ({ id: did, version: (requests += 1) });
        const version = async () => (await resolver.resolve('did:plc:one')).version;
        assert.equal(await version(), 1);
        assert.equal(await version(), 1);
        later(HOUR + 1);
        assert.equal((await didCache.checkCache('did:plc:one')).stale, true);
        assert.equal(await version(), 1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        assert.equal(await version(), 2);
        later(24 * HOUR + 1);
        assert.equal(await version(), 3);
        await didCache.refreshCache('did:plc:one', async () => null);
        assert.equal(await version(), 3, 'no document any more: the old one stays');
        await didCache.clearEntry('did:plc:one');
        assert.equal(await didCache.checkCache('did:plc:one'), null);
        await didCache.cacheDid('did:plc:two', { id: 'did:plc:two' });
        await didCache.clear();
        assert.equal(await didCache.checkCache('did:plc:two'), null);
      }
    }),

  'atproto: a SimpleStore under its CachedGetter; web5: the same with delete and close': async () => {
    const cache = new Cache({ max: 100 });
    const store = didStore(cache);
    let requests = 0;
    const getter = new CachedGetter(async (key) => `${key} ${(requests += 1)}`, store);
    assert.equal(await getter.get('a'), 'a 1');
    assert.equal(await getter.get('a'), 'a 1');
    await getter.delStored('a');
    assert.equal(await getter.get('a'), 'a 2');
    await store.set('null', null);
    assert.equal(await store.get('null'), null);
    await store.delete('null');
    assert.equal(await store.get('null'), undefined);
    await store.clear();
    assert.equal(cache.size, 0);
    await store.close();
    await assert.rejects(store.get('a'), { code: 'disposed' });
  },

  'unstorage: values, ttls, bases, and a cache of its own or a given one': () =>
    withClock(async (later) => {
      const cache = new Cache({ max: 100 });
      for (const options of [cache, { max: 100 }, { driver: 'keylatch/unstorage', max: 100 }]) {
        const storage = createStorage({ driver: keylatchDriver(options) });
        assert.equal(await storage.getItem('a'), null);
        await storage.setItem('a', { deep: [1] });
        assert.deepEqual(await storage.getItem('a'), { deep: [1] });
        await storage.setItem('short', 1, { ttl: 20 });
        assert.equal(await storage.getItem('short'), 1);
        later(20_000);
        assert.equal(await storage.getItem('short'), null);
        const raw = { itself: true };
        await storage.setItemRaw('raw', raw);
        assert.equal(await storage.getItemRaw('raw'), raw);
        await storage.setItem('deep:one', 1);
        await storage.setItem('deep:two', 2);
        assert.deepEqual((await storage.getKeys('deep')).sort(), ['deep:one', 'deep:two']);
        await storage.getMount('deep').driver.clear('deep:');
        assert.deepEqual((await storage.getKeys()).sort(), ['a', 'raw']);
        assert.equal(await storage.hasItem('a'), true);
        await storage.removeItem('a');
        assert.equal(await storage.hasItem('a'), false);
        await storage.dispose();
      }
      assert.deepEqual([...cache.keys()], ['raw'], 'a given cache stays as it is');
      assert.throws(() => keylatchDriver({ max: 0 }), CacheError);
      const { keylatchDriver: required } = createRequire(import.meta.url)('keylatch/unstorage');
      assert.equal(required({ max: 5 }).name, 'keylatch');
    }),

  'undici: a response is asked for once, and revalidated; what varies is apart; an unsafe method invalidates': () =>
    serve(
      (request, response, count) => {
        response.setHeader('cache-control', 'max-age=60');
        response.setHeader('vary', 'accept-language');
        response.end(`${count} ${request.headers['accept-language'] ?? ''}`);
      },
      async (url) => {
        const cache = new Cache({ maxSize: 10_000_000 });
        const agent = new Agent().compose(interceptors.cache({ store: new UndiciStore(cache) }));
        const inEnglish = { headers: { 'accept-language': 'en' } };
        assert.equal(await read(agent, url), '1 ');
        assert.equal(await read(agent, url), '1 ');
        assert.equal(await read(agent, url, inEnglish), '2 en');
        assert.equal(await read(agent, url, inEnglish), '2 en');
        assert.equal(await read(agent, url), '1 ');
        assert.equal(cache.size, 1);
        await read(agent, url, { method: 'DELETE' });
        assert.equal(await read(agent, url), '4 ');
        assert.ok(cache.stats().size > 0);
      },
    ),

  'undici: the store does what its own does': async () => {
    const key = { origin: 'http://localhost', path: '/', method: 'GET', headers: { a: '1' } };
    const value = (more) => {
      const now = Date.now();
      return {
        statusCode: 200,
        statusMessage: '',
        headers: { b: '2' },
        cacheControlDirectives: {},
        cachedAt: now,
        staleAt: now + 1_000,
        deleteAt: now + 2_000,
        ...more,
      };
    };
    const write = async (store, key, value, ...chunks) => {
      const stream = store.createWriteStream(key, value);
      stream.on('error', () => {});
      for (const chunk of chunks) stream.write(chunk);
      stream.end();
      await new Promise((resolve) => stream.on('close', resolve));
    };
    const text = (found) => found && Buffer.concat(found.body.map((chunk) => Buffer.from(chunk))).toString();
    await withClock(async (later) => {
      const cache = new Cache({ max: 100 });
      for (const store of [new cacheStores.MemoryCacheStore({ maxEntrySize: 100 }), new UndiciStore(cache, 100)]) {
        assert.equal(await store.get(key), undefined);
        await write(store, key, value(), 'one', Buffer.from(' two'));
        assert.equal(text(await store.get(key)), 'one two');
        assert.equal((await store.get(key)).statusCode, 200);
        assert.equal(await store.get({ ...key, method: 'HEAD' }), undefined);
        assert.equal(await store.get({ ...key, path: '/other' }), undefined);
        await write(store, key, value({ vary: { a: '1' } }), 'varies');
        assert.equal(text(await store.get(key)), 'varies');
        assert.equal(await store.get({ ...key, headers: { a: '2' } }), undefined);
        await write(store, { ...key, headers: {} }, value({ vary: { a: null } }), 'without');
        assert.equal(text(await store.get({ ...key, headers: undefined })), 'without');
        assert.equal(text(await store.get(key)), 'varies');
        later(2_000);
        assert.equal(await store.get(key), undefined);
        await write(store, key, value(), 'again');
        await store.delete(key);
        assert.equal(await store.get(key), undefined);
        await write(store, key, value(), 'x'.repeat(60), 'x'.repeat(60));
        assert.equal(await store.get(key), undefined, 'too long a body');
      }
      assert.equal(cache.size, 0);
    });
    // What undici's own store doesn't do.
    const store = new UndiciStore(new Cache({ max: 100 }));
    const stream = store.createWriteStream(key, value());
    stream.write('begun before');
    store.delete(key);
    stream.end();
    await once(stream, 'close');
    assert.equal(store.get(key), undefined, 'it came in while its address was invalidated');
    await write(store, key, value(), 'after');
    assert.equal(text(store.get(key)), 'after');
  },

  'OpenTelemetry: the numbers of stats as metrics': async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
    const provider = new MeterProvider({ readers: [reader] });
    const collect = async () => {
      exporter.reset();
      await reader.forceFlush();
      const metrics = exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics ?? [];
      const points = metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => {
          const { 'cache.name': name, ...rest } = attributes;
          assert.equal(name, 'test');
          return [[descriptor.name, ...Object.values(rest)].join(' '), value];
        }),
      );
      return Object.fromEntries(points);
    };
    const cache = new Cache({ max: 2 });
    const stop = observe(cache, 'test', provider.getMeter('keylatch'));
    cache.get('none');
    cache.set('a', 1).set('b', 2).set('c', 3).get('c');
    await cache.getOrSet('d', () => 4);
    const found = await collect();
    assert.equal(found['cache.requests hit'], cache.stats().hits);
    assert.equal(found['cache.requests miss'], cache.stats().misses);
    assert.equal(found['cache.removals evict'], 2);
    assert.equal(found['cache.loads'], 1);
    assert.equal(found['cache.entries'], 2);
    stop();
    cache.get('c');
    assert.deepEqual(await collect(), found, 'nobody asks any more');
    await provider.shutdown();
  },

  'OpenTelemetry: a span for each load, without the key unless it is asked for': async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const tracer = provider.getTracer('keylatch');
    const cache = new Cache({ max: 10 });
    const load = traced('test', async ({ key }) => `${key} loaded`, { tracer });
    assert.equal(await cache.getOrSet('secret', load), 'secret loaded');
    await cache.getOrSet('secret', load);
    const failing = traced('test', () => Promise.reject(new Error('offline')), { tracer, keys: true });
    await assert.rejects(cache.getOrSet('b', failing), /offline/);
    const [first, second, ...more] = exporter.getFinishedSpans();
    assert.deepEqual(more, []);
    assert.equal(first.name, 'cache.load');
    assert.deepEqual(first.attributes, { 'cache.name': 'test' });
    assert.equal(first.status.code, SpanStatusCode.UNSET);
    assert.deepEqual(second.attributes, { 'cache.name': 'test', 'cache.key': 'b' });
    assert.equal(second.status.code, SpanStatusCode.ERROR);
    assert.equal(second.events[0].name, 'exception');
  },

  'they bring no second copy of the package': async () => {
    const { readFileSync } = await import('node:fs');
    const require = createRequire(import.meta.url);
    for (const name of ['keyv', 'undici', 'did', 'unstorage', 'otel', 'next']) {
      const file = require.resolve(`keylatch/${name}`);
      assert.ok(readFileSync(file).length < 5_500, name);
    }
    assert.ok(keylatchDriver({ max: 1 }).getInstance() instanceof Cache);
  },
});

await report(tests);
