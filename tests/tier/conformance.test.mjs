// Every store here against the conformance suite.

import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENTS } from './clients.mjs';
import { RedisServer } from './server.mjs';
import { MemoryStore, redis, storeSuite } from './sources.mjs';
import { VirtualClock } from './virtual-clock.mjs';

describe('a store in memory', { concurrency: true }, () => {
  const make = () => {
    const clock = new VirtualClock();
    const store = new MemoryStore({ clock, feedLength: 50 });
    return {
      store,
      wait: (milliseconds) => clock.pass(milliseconds),
      lose: async () => store.lose(),
      save: async () => {
        const back = store.save();
        return async () => back();
      },
      feedLength: 50,
    };
  };
  for (const { name, run } of storeSuite(make)) test(`memory, ${name}`, run);
});

// All at once: most of the time is that of lives and leases, which pass at the same time.
describe('Redis', { concurrency: true }, () => {
  for (const [kind, connect] of Object.entries(CLIENTS)) {
    describe(kind, { concurrency: 12 }, () => {
      let server;
      let nodes;
      let count = 0;
      before(async () => {
        server = await RedisServer.start();
        nodes = await Promise.all([connect(server.port), connect(server.port)]);
      });
      after(async () => {
        for (const { close } of nodes) close();
        await server.stop();
      });
      const make = async () => {
        const prefix = `test ${(count += 1)}`;
        const [store, other] = nodes.map(({ client }) => redis(client, { prefix, feedLength: 100, poll: 200 }));
        const keys = async () =>
          (await server.send('EVAL', "return table.concat(redis.call('KEYS',ARGV[1]),'|')", 0, `{${prefix}}*`))
            .split('\r\n')[1]
            .split('|');
        return {
          store,
          other,
          wait: (milliseconds) => sleep(milliseconds),
          lose: async () => void (await server.send('DEL', ...(await keys()))),
          save: async () => {
            const copies = (await keys()).map((key) => [key, `saved ${key}`]);
            for (const [key, copy] of copies) await server.send('COPY', key, copy);
            return async () => {
              await server.send('DEL', ...(await keys()));
              for (const [key, copy] of copies) await server.send('COPY', copy, key);
            };
          },
          feedLength: 100,
        };
      };
      for (const { name, run } of storeSuite(make)) test(`${kind}, ${name}`, run);
    });
  }
});
