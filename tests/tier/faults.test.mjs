// What a store in Redis does when the server or the network fails.

import assert from 'node:assert';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { KINDS, Node, within } from './nodes.mjs';
import { Proxy } from './proxy.mjs';
import { RedisServer } from './server.mjs';

const start = promisify(execFile);

async function server(context, options) {
  const started = await RedisServer.start(options);
  context.after(() => started.stop());
  return started;
}

async function proxy(context, target) {
  const started = await Proxy.start(target);
  context.after(() => started.stop());
  return started;
}

/** Tries again until it works, for as long as a client may need to connect again. */
async function eventually(work) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(within(1000));
    } catch (error) {
      if (attempt === 50) throw error;
      await sleep(100);
    }
  }
}

/** The client may reject what was under way when a connection ended. Then the node asks again. */
const askAgain = (node, position) => eventually((signal) => node.changes(position, 500, signal));

const took = async (work) => {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
};

const isTimeout = (error) => error.name === 'TimeoutError' && error instanceof DOMException;

describe('faults', { concurrency: true }, () => {
  for (const kind of KINDS) {
    describe(`faults, ${kind}`, { concurrency: true }, () => {
      test(`${kind}: a server that is killed and starts empty has a new epoch`, async (context) => {
        const redis = await server(context);
        const node = await Node.connect(context, kind, redis.port);
        const before = await node.put('a', 'old');
        await redis.kill();
        await assert.rejects(node.get('a', within(300)));
        await redis.restart();
        const after = await eventually((signal) => node.position(signal));
        assert.notEqual(after.epoch, before.epoch);
        assert.equal(await node.get('a'), undefined);
        assert.equal(await node.write('a', 'old', before), 'fenced');
        assert.equal(await node.write('a', 'new', after), 'stored');
        assert.equal((await node.changes(before)).isTrimmed, true);
      });

      test(`${kind}: FLUSHALL makes a new epoch, and ends no wait too late`, async (context) => {
        const redis = await server(context);
        const node = await Node.connect(context, kind, redis.port);
        const before = await node.put('a', 'old');
        const news = node.changes(before, 1500);
        await sleep(200);
        await redis.send('FLUSHALL');
        assert.equal((await news).isTrimmed, true);
        assert.equal(await node.write('a', 'old', before), 'fenced');
      });

      test(`${kind}: SCRIPT FLUSH costs a repetition`, async (context) => {
        const redis = await server(context);
        const node = await Node.connect(context, kind, redis.port);
        const since = await node.position();
        await redis.send('SCRIPT', 'FLUSH');
        assert.equal(await node.write('a', 'a', since), 'stored');
        assert.equal(await node.get('a'), 'a');
      });

      test(`${kind}: a feed goes on after CLIENT KILL`, async (context) => {
        const redis = await server(context);
        const node = await Node.connect(context, kind, redis.port, { poll: 200 });
        const other = await Node.connect(context, kind, redis.port);
        const position = await node.position();
        const news = node.changes(position, 20_000).catch(() => askAgain(node, position));
        await sleep(300);
        await redis.send('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        // The client may send it twice.
        await eventually((signal) => other.drop(['a'], { signal }));
        const begun = performance.now();
        assert.deepEqual((await news).changes[0]?.marks, ['a']);
        assert.ok(performance.now() - begun < 10_000, 'before the wait is over');
      });

      test(`${kind}: a signal ends every wait while the server pauses`, async (context) => {
        const redis = await server(context);
        const node = await Node.connect(context, kind, redis.port);
        const position = await node.put('a', 'a');
        const stop = new AbortController();
        const news = node.changes(position, 30_000, stop.signal);
        await sleep(200);
        await redis.send('CLIENT', 'PAUSE', 6000, 'ALL');
        stop.abort();
        assert.ok((await took(assert.rejects(news, { name: 'AbortError' }))) < 2000);
        const calls = [
          node.get('a', within(200)),
          node.put('a', 'b', { signal: within(200) }),
          node.drop(['a'], { signal: within(200) }),
          node.changes(position, 30_000, within(200)),
        ];
        assert.ok((await took(Promise.all(calls.map((call) => assert.rejects(call, isTimeout))))) < 3000);
        await redis.send('CLIENT', 'UNPAUSE');
        const late = await eventually((signal) => node.position(signal));
        assert.ok(late.sequence > position.sequence, 'what was asked for is done late, and shows in the number');
      });

      test(`${kind}: a connection that is cut costs a repetition at most`, async (context) => {
        const redis = await server(context);
        const between = await proxy(context, redis.port);
        const node = await Node.connect(context, kind, between.port, { poll: 200 });
        const direct = await Node.connect(context, kind, redis.port);
        const position = await node.put('a', 'a');
        const news = node.changes(position, 20_000).catch(() => askAgain(node, position));
        await sleep(200);
        between.cut();
        await direct.drop(['a']);
        assert.equal(await eventually((signal) => node.get('a', signal)), undefined);
        assert.deepEqual(
          (await news).changes.map(({ marks }) => marks),
          [['a']],
        );
      });

      test(`${kind}: a half-open connection ends by the signal, and the next one works`, async (context) => {
        const redis = await server(context);
        const between = await proxy(context, redis.port);
        const node = await Node.connect(context, kind, between.port);
        const direct = await Node.connect(context, kind, redis.port);
        const position = await node.put('a', 'a');
        between.freeze();
        await assert.rejects(node.get('a', within(200)), isTimeout);
        await assert.rejects(node.changes(position, 1000, within(400)), isTimeout);
        await direct.drop(['a']);
        between.heal();
        assert.equal(await eventually((signal) => node.get('a', signal)), undefined);
        const news = await eventually((signal) => node.changes(position, 500, signal));
        assert.equal(news.changes.length, 1);
      });

      test(`${kind}: a feed whose connection is dead is heard over the other one`, async (context) => {
        const redis = await server(context);
        const between = await proxy(context, redis.port);
        const node = await Node.connect(context, kind, redis.port);
        const dead = await Node.connect(context, kind, between.port);
        // Commands go one way, and the feed's connection the other.
        const split = node.client;
        const duplicate = split.duplicate.bind(split);
        split.duplicate = () => {
          split.duplicate = duplicate;
          return dead.client.duplicate();
        };
        const position = await node.position();
        const news = node.changes(position, 1000);
        await sleep(300);
        between.freeze();
        const { sequence } = await node.drop(['a']);
        assert.equal((await news).changes[0]?.sequence, sequence);
        between.heal();
      });

      test(`${kind}: what is done although its answer is lost shows in the number`, async (context) => {
        const redis = await server(context);
        const between = await proxy(context, redis.port);
        const node = await Node.connect(context, kind, between.port);
        const direct = await Node.connect(context, kind, redis.port);
        // The server knows the scripts by then.
        await node.drop(['b']);
        const since = await node.put('a', 'a');
        between.passes.down = false;
        await assert.rejects(node.drop(['a'], { signal: within(300) }), isTimeout);
        assert.equal(await direct.get('a'), undefined, 'the invalidation has come through');
        assert.equal(await direct.write('a', 'old', since), 'fenced');
        between.heal();
        const news = await eventually((signal) => node.changes(since, 0, signal));
        assert.ok(news.changes.length >= 1 && news.changes.every(({ marks }) => marks[0] === 'a'));
        // A client may send it again: twice is as good as once.
        assert.equal(await eventually((signal) => node.get('a', signal)), undefined);
      });

      test(`${kind}: a slow network is slow, and nothing else`, async (context) => {
        const redis = await server(context);
        const between = await proxy(context, redis.port);
        const node = await Node.connect(context, kind, between.port);
        between.delay = 60;
        const since = await node.position();
        const writes = [node.write('a', 'late', since), node.drop(['a'])];
        await Promise.all(writes);
        assert.equal(await node.get('a'), undefined);
        const time = await took(node.get('a'));
        assert.ok(time >= 110, `two ways of 60 ms each, but ${time} ms`);
      });

      test(`${kind}: a replica that lags and takes over has a new epoch`, async (context) => {
        const first = await server(context, { 'repl-diskless-sync-delay': 0 });
        const replica = await server(context);
        const between = await proxy(context, first.port);
        await replica.send('REPLICAOF', '127.0.0.1', between.port);
        const node = await Node.connect(context, kind, first.port);
        await node.put('a', 'old');
        await eventually(async () => {
          if ((await replica.send('EXISTS', '{faults}:r:a')) !== ':1') throw new Error('the replica lags');
        });
        between.freeze();
        await node.put('a', 'new');
        const known = await node.drop(['b']);
        await first.kill();
        await replica.send('REPLICAOF', 'NO', 'ONE');
        const promoted = await Node.connect(context, kind, replica.port);
        assert.equal(await promoted.get('a'), undefined, 'the old value is not back');
        const found = await promoted.position();
        assert.notEqual(found.epoch, known.epoch);
        assert.ok(found.sequence < known.sequence, 'the number has gone down');
        assert.equal(await promoted.write('c', 'c', known), 'fenced');
        assert.equal((await promoted.changes(known)).isTrimmed, true);
        const renewed = await promoted.store.renew(found.epoch, known.sequence, within(1000));
        assert.ok(renewed.sequence > known.sequence);
        assert.equal(await promoted.write('c', 'c', renewed), 'stored');
        assert.equal(await promoted.get('c'), 'c');
      });

      test(`${kind}: a process can end after it has listened`, async (context) => {
        const redis = await server(context);
        const program = fileURLToPath(new URL('exit.mjs', import.meta.url));
        const time = await took(start('node', [program, kind, String(redis.port)], { timeout: 20_000 }));
        assert.ok(time < 15_000);
      });
    });
  }
});
