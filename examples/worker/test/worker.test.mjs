// The worker in workerd, with many requests at once: one load for all, expiry, stale values, and requests that die.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { LEASE, SLACK, open } from './stage.mjs';

/** The first with which requests can wait for each other's promises, and a later one. */
const DATES = ['2024-10-14', '2026-05-01'];

for (const date of DATES) {
  describe(`workerd as of ${date}`, { concurrency: true }, () => {
    let stage;
    before(async () => (stage = await open(date)));
    after(() => stage.close());

    test('fifty requests at once ask upstream once', async () => {
      await stage.plan('/dids/did:web:many', { delay: 200 });
      const answers = await stage.askAll(50, '/dids/did:web:many');
      assert.deepEqual(answers, Array(50).fill('did:web:many 1'));
      assert.deepEqual(await stage.askAll(1, '/dids/did:web:many'), ['did:web:many 1']);
      assert.equal(await stage.count('/dids/did:web:many'), 1);
    });

    test('each of them goes on in its own request, and reads its own body', async () => {
      await stage.plan('/lists/revoked', { delay: 200, text: '0101' });
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => stage.ask('/status/revoked', `${index % 4}`)),
      );
      answers.forEach(({ text }, index) => assert.equal(text, index % 2 === 1 ? 'revoked' : 'valid'));
      assert.equal(await stage.count('/lists/revoked'), 1);
    });

    test('an entry expires', async () => {
      await stage.plan('/lists/brief', { text: '0', maxAge: 1 });
      assert.deepEqual(await stage.askAll(2, '/status/brief', '0'), ['valid', 'valid']);
      await stage.plan('/lists/brief', { text: '1' });
      await pause(1100);
      assert.deepEqual(await stage.askAll(1, '/status/brief', '0'), ['revoked']);
      assert.equal(await stage.count('/lists/brief'), 2);
    });

    test('an old document is served while a new one is loaded behind', async () => {
      const path = '/dids/did:web:old';
      await stage.plan(path, { maxAge: 1 });
      await stage.ask(path);
      await stage.plan(path, { delay: 1000, maxAge: 60 });
      await pause(1100);
      assert.deepEqual(await stage.askAll(10, path), Array(10).fill('did:web:old 1'));
      assert.equal(await stage.askUntil(path, 'did:web:old 2'), 'did:web:old 2');
      assert.equal(await stage.count(path), 2);
    });

    test('what has expired serves while upstream fails', async () => {
      await stage.plan('/lists/failing', { text: '0', maxAge: 1 });
      await stage.ask('/status/failing', '0');
      await stage.plan('/lists/failing', { status: 503 });
      await pause(1100);
      assert.deepEqual(await stage.askAll(5, '/status/failing', '0'), Array(5).fill('valid'));
      await stage.plan('/lists/failing', { status: 200, text: '1' });
      assert.deepEqual(await stage.askAll(1, '/status/failing', '0'), ['revoked']);
    });

    test('an error goes to all who wait, and the next one asks again', async () => {
      await stage.plan('/dids/did:web:absent', { status: 404, delay: 200 });
      const answers = await stage.askAll(20, '/dids/did:web:absent');
      assert.deepEqual(answers, Array(20).fill('502: upstream says 404'));
      assert.equal(await stage.count('/dids/did:web:absent'), 1);
      await stage.plan('/dids/did:web:absent', { status: 200 });
      assert.deepEqual(await stage.askAll(2, '/dids/did:web:absent'), Array(2).fill('did:web:absent 2'));
    });

    test('a request that dies while it loads is replaced after its lease, by one of those who wait', async () => {
      await stage.plan('/lists/left', { text: '1', delay: 60_000, onlyFirst: true });
      const leader = await stage.lead('/lists/left', '/status/left', '0');
      const answers = stage.askAll(10, '/status/left', '0');
      await pause(100);
      leader.goAway();
      assert.deepEqual(await answers, Array(10).fill('revoked'));
      const took = performance.now() - leader.begun;
      assert.ok(took >= LEASE - 100 && took < LEASE + SLACK, `it took ${took} ms`);
      assert.equal(await stage.count('/lists/left'), 2);
    });

    test('who comes after the lease of a dead load waits for nobody', async () => {
      await stage.plan('/lists/dead', { text: '1', delay: 60_000, onlyFirst: true });
      (await stage.lead('/lists/dead', '/status/dead', '0')).goAway();
      await pause(LEASE);
      const { text, took } = await stage.ask('/status/dead', '0');
      assert.equal(text, 'revoked');
      assert.ok(took < LEASE, `it took ${took} ms`);
    });

    test('a client that goes away ends nothing that its context keeps alive', async () => {
      const path = '/dids/did:web:kept';
      await stage.plan(path, { delay: 1200 });
      (await stage.lead(path, path)).goAway();
      assert.deepEqual(await stage.askAll(1, path), ['did:web:kept 1']);
      assert.equal(await stage.count(path), 1);
    });

    test('a load that upstream never answers is replaced after its lease', async () => {
      const path = '/dids/did:web:stuck';
      await stage.plan(path, { delay: 60_000, onlyFirst: true });
      // The one whose load it is gives up when its lease ends.
      const answers = await stage.askAll(10, path);
      assert.deepEqual(answers.sort(), ['502: no value has come in time', ...Array(9).fill('did:web:stuck 2')]);
      assert.equal(await stage.count(path), 2);
    });
  });

  describe(`the token, on workerd as of ${date}`, () => {
    let stage;
    before(async () => (stage = await open(date)));
    after(() => stage.close());

    test('one request gets it after another has died with the lock in its hand', async () => {
      await stage.plan('/token', { delay: 60_000, onlyFirst: true });
      await stage.plan('/lists/first', { text: '0' });
      // Both the load of the list and the lock on the token die with it.
      const leader = await stage.lead('/token', '/status/first', '0');
      const answers = [stage.askAll(5, '/status/first', '0'), stage.askAll(5, '/dids/did:web:other')];
      await pause(100);
      leader.goAway();
      const lists = await Promise.all(answers);
      const took = performance.now() - leader.begun;
      assert.deepEqual(lists, [Array(5).fill('valid'), Array(5).fill('did:web:other 1')]);
      assert.ok(took >= LEASE - 100 && took < LEASE + SLACK, `it took ${took} ms`);
      assert.equal(await stage.count('/token'), 2);
    });

    test('many loads want it at once, and one asks for it', async () => {
      const before = await stage.count('/token');
      const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => stage.ask(`/dids/did:web:${index}`)));
      assert.deepEqual(
        answers.map(({ text }) => text),
        answers.map((_, index) => `did:web:${index} 1`),
      );
      assert.equal(await stage.count('/token'), before);
      assert.match((await stage.ask('/stats')).text, /tokens: \d+ hits, \d+ misses, 0 loads/);
    });
  });
}
