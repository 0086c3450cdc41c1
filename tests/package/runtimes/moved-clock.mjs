// Tests move the clock within a turn, each framework in its way: what has expired is gone at once. In Node, and with "bun"
// as an argument in Bun, whose functions move the runtime's own clock.

import assert from 'node:assert';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { report } from './report.mjs';

const index = join(dirname(createRequire(import.meta.url).resolve('keylatch/package.json')), 'index.js');
const genuine = { Date, now: Date.now };
let copies = 0;
const fresh = () => import(`${pathToFileURL(index)}?${(copies += 1)}`);

/** What a framework does: `begin` installs its clock, `set` moves it. */
async function moves({ begin = () => {}, set, end = () => {} }) {
  for (const isThereBefore of [true, false]) {
    // From 0 too, where Sinon's clock begins: that is no clock that doesn't run yet.
    for (const start of [1_800_000_000_000, 0]) {
      const early = isThereBefore ? undefined : await fresh();
      try {
        begin(start);
        set(start);
        const { Cache } = early ?? (await fresh());
        const cache = new Cache({ max: 5, ttl: 60_000 });
        cache.set('a', 1);
        for (let reads = 0; reads < 20; reads += 1) assert.equal(cache.get('a'), 1);
        set(start + 59_999);
        assert.equal(cache.get('a'), 1, 'too early');
        assert.equal(cache.getRemainingTTL('a'), 1);
        set(start + 60_000);
        assert.equal(
          cache.get('a'),
          undefined,
          `too late, from ${start}, ${isThereBefore ? 'there before' : 'put in later'}`,
        );
        assert.equal(cache.has('a'), false);
      } finally {
        end();
        Object.assign(globalThis, { Date: genuine.Date }).Date.now = genuine.now;
      }
    }
  }
}

let time = 0;
const set = (to) => void (time = to);
const BY_HAND = {
  'another Date': {
    begin: () =>
      (globalThis.Date = class extends genuine.Date {
        static now() {
          return time;
        }
      }),
    set,
  },
  'another Date.now': { begin: () => (Date.now = () => time), set },
  'a spy that is a bound function': {
    begin: () =>
      (Date.now = function now() {
        return time;
      }.bind(null)),
    set,
  },
  'a spy that is a proxy': { begin: () => (Date.now = new Proxy(genuine.now, { apply: () => time })), set },
};

async function frameworksOfNode() {
  const { mock } = await import('node:test');
  const { default: sinon } = await import('@sinonjs/fake-timers');
  let clock;
  return {
    ...BY_HAND,
    // What Jest and Vitest have, too.
    "Sinon's fake timers": {
      begin: (now) => (clock = sinon.install({ now })),
      set: (to) => clock.setSystemTime(to),
      end: () => clock.uninstall(),
    },
    "Sinon's fake timers, which tick": {
      begin: (now) => (clock = sinon.install({ now, toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })),
      set: (to) => clock.tick(to - clock.now),
      end: () => clock.uninstall(),
    },
    "Node's mock timers": {
      begin: (now) => mock.timers.enable({ apis: ['Date', 'setTimeout'], now }),
      set: (to) => mock.timers.setTime(to),
      end: () => mock.timers.reset(),
    },
  };
}

async function frameworksOfBun() {
  const { jest, setSystemTime } = await import('bun:test');
  return {
    setSystemTime: { set: (to) => setSystemTime(new Date(to)), end: () => setSystemTime() },
    'jest.setSystemTime': { set: (to) => jest.setSystemTime(to), end: () => setSystemTime() },
    'jest.useFakeTimers': {
      set: (to) => jest.useFakeTimers({ now: to }),
      end: () => (jest.useRealTimers(), setSystemTime()),
    },
  };
}

const frameworks = await (process.argv[2] === 'bun' ? frameworksOfBun() : frameworksOfNode());
await report(Object.fromEntries(Object.entries(frameworks).map(([name, framework]) => [name, () => moves(framework)])));
