// The store in IndexedDB, in several tabs of real browsers.

import assert from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chromium } from './browser/chromium.mjs';
import { Firefox } from './browser/firefox.mjs';
import { WebKit } from './browser/webkit.mjs';
import { connect, goOn, openTabs, serveTabs } from './browser/tabs.mjs';

let pages;
before(async () => (pages = await serveTabs()));
after(() => pages.close());

// WebKit takes 200 MB to install: only where someone asks for it.
const BROWSERS = { Chromium, Firefox, ...(process.env.WEBKIT && { WebKit }) };

for (const [name, Browser] of Object.entries(BROWSERS)) {
  // WebKit's tabs come one test at a time: they ask for what they have to do.
  describe(`IndexedDB in ${name}`, { concurrency: name === 'WebKit' ? 1 : 3 }, () => {
    let browser;
    before(() => (browser = new Browser(pages.url)));
    after(() => browser.close());
    const open = (context, count, options) => openTabs(browser, count, context.name, options);

    test(`${name}: the rules of the contract`, async (context) => {
      const [tab] = await open(context, 1);
      const outcome = await tab.run(async () => {
        let count = 0;
        const make = () => {
          const name = `suite ${(count += 1)}`;
          // The disk is the same for all of them, and slow.
          const options = { feedLength: 50, durability: 'relaxed' };
          return {
            store: idb(name, options),
            other: idb(name, options),
            wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
            lose: () => databases.remove(name),
            save: () => databases.save(name),
            feedLength: 50,
            close: () => databases.remove(name),
          };
        };
        const cases = storeSuite(make);
        const failed = [];
        const total = cases.length;
        const worker = async () => {
          for (let next; (next = cases.shift());) {
            const { name, run } = next;
            await run().catch((error) => failed.push(`${name}: ${error}`));
          }
        };
        await Promise.all(Array.from({ length: 20 }, worker));
        return { total, failed };
      });
      assert.ok(outcome.total > 40, `only ${outcome.total} rules`);
      assert.deepEqual(outcome.failed, []);
    });

    test(`${name}: three tabs share values, marks, changes and turns`, async (context) => {
      const [one, two, three] = await open(context, 3);
      const since = await one.run(() => n.position());
      assert.equal(await two.run((since) => n.write('a', 'a', since, { concerns: ['tag'] }), since), 'stored');
      assert.equal(await three.run(() => n.get('a')), 'a');
      const listen = (tab) => tab.run((since) => n.changes(since, 15_000), since);
      const news = [listen(one), listen(three)];
      await sleep(100);
      const begun = performance.now();
      await two.run(() => n.drop('tag'));
      for (const { changes } of await Promise.all(news)) assert.deepEqual(changes[0].marks, ['tag']);
      assert.ok(performance.now() - begun < 8000, 'the changes come before the wait is over');
      assert.equal(await one.run((since) => n.write('a', 'old', since, { concerns: ['tag'] }), since), 'fenced');
      const ask = (node) => n.store.turn('a', { lease: 10_000, node }, n.signal);
      const turns = await Promise.all([one, two, three].map((tab, index) => tab.run(ask, `${index}`)));
      assert.equal(turns.filter(({ turn }) => turn !== undefined).length, 1);
    });

    test(`${name}: busy tabs get different numbers, and see all changes`, async (context) => {
      const tabs = await open(context, 3, { feedLength: 1000 });
      const start = await tabs[0].run(() => n.position());
      const busy = async (tab) => {
        const numbers = [];
        for (let round = 0; round < 15; round += 1) {
          numbers.push((await n.put(`${tab}`, `${round}`)).sequence, (await n.drop('tag')).sequence);
        }
        return numbers;
      };
      const numbers = (await Promise.all(tabs.map((tab, index) => tab.run(busy, index)))).flat();
      assert.equal(new Set(numbers).size, 90);
      for (const tab of tabs) {
        const { changes } = await tab.run((start) => n.changes(start, 0), start);
        const seen = changes.map(({ sequence }) => sequence);
        assert.deepEqual(
          seen,
          numbers.sort((a, b) => a - b),
        );
      }
    });

    test(`${name}: a worker is a node`, async (context) => {
      const [tab] = await open(context, 1);
      const outcome = await tab.run(async (name) => {
        const worker = new Worker('worker.mjs', { type: 'module' });
        const said = () => new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
        const stored = said();
        worker.postMessage(name);
        await stored;
        const heard = said();
        const value = await n.get('a');
        await n.drop('of the page');
        return { value, heard: await heard };
      }, context.name);
      assert.deepEqual(outcome, { value: 'of the worker', heard: ['of the page'] });
    });

    test(`${name}: a tab that is reloaded in the middle leaves a whole store`, async (context) => {
      const [one, two] = await open(context, 2, { feedLength: 10_000 });
      const start = await two.run(() => n.position());
      for (let round = 0, seen = start; round < 3; round += 1) {
        goOn(one, async () => {
          for (;;) await Promise.all([n.put('a', 'a'), n.drop('tag'), n.put('b', 'b')]);
        });
        seen = await two.run((seen) => n.changes(seen, 15_000), seen);
        await sleep(30 + round * 30);
        await one.reload();
        await connect(one, context.name, { feedLength: 10_000 });
      }
      const { sequence, changes } = await two.run((start) => n.changes(start, 0), start);
      assert.ok(changes.length > 0);
      assert.equal(changes.length, sequence - start.sequence, 'each number has its change');
      const { since } = await two.run(async () => (await n.store.read(['a'], n.signal)).records[0]);
      const last = changes.filter(({ marks }) => marks.includes('a')).at(-1);
      assert.equal(since, last.sequence, 'the record is that of the last change');
      assert.equal(await one.run(async () => n.write('c', 'c', await n.position())), 'stored');
    });

    test(`${name}: a database that is deleted under its tabs is a new one`, async (context) => {
      const [one, two, three] = await open(context, 3);
      const before = await one.run(() => n.put('a', 'a'));
      await two.run(() => n.get('a'));
      const news = one.run((before) => n.changes(before, 3000), before);
      await three.run((name) => databases.remove(name), context.name);
      const after = await two.run(() => n.position());
      assert.notEqual(after.epoch, before.epoch);
      assert.equal((await news).isTrimmed, true);
      assert.equal(await one.run((before) => n.write('a', 'old', before), before), 'fenced');
      assert.equal(await three.run((after) => n.write('a', 'new', after), after), 'stored');
      assert.equal(await one.run(() => n.get('a')), 'new');
    });

    test(`${name}: without BroadcastChannel, tabs look from time to time`, async (context) => {
      const [one, two] = await open(context, 2, { poll: 100 });
      await two.run(() => delete globalThis.BroadcastChannel);
      const start = await one.run(() => n.position());
      const news = two.run((start) => n.changes(start, 15_000), start);
      await sleep(300);
      const begun = performance.now();
      await one.run(() => n.drop('tag'));
      assert.equal((await news).changes.length, 1);
      assert.ok(performance.now() - begun < 8000);
    });

    test(`${name}: a sealed store, whose key IndexedDB keeps`, async (context) => {
      const [one, two] = await open(context, 2);
      // The key goes from tab to tab as it is, and nobody can read it.
      const keep = `${context.name}, key`;
      await one.run(async (keep) => databases.keep(keep, await sealing.newKey()), keep);
      const begin = async (name, keep) => {
        const key = await databases.kept(keep);
        globalThis.s = node(name, { key });
        return crypto.subtle.exportKey('raw', key).catch((error) => error.name);
      };
      for (const tab of [one, two]) assert.match(await tab.run(begin, context.name, keep), /Error$/);
      const start = await one.run(() => s.position());
      await one.run(() => s.put('a', 'sealed'));
      assert.equal(await two.run(() => s.get('a')), 'sealed');
      assert.equal(await two.run(() => n.get('a')), undefined, 'by its plain name');
      const { changes } = await two.run((start) => s.changes(start, 0), start);
      assert.deepEqual(changes[0].marks, ['a']);
      await two.run(() => s.store.wipe(s.signal));
      assert.equal(await one.run(() => s.get('a')), undefined);
      assert.equal(await one.run((name) => databases.count(name, 'records'), context.name), 0);
    });
  });
}
