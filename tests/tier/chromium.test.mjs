// What happens to tabs and to their storage: only Chromium lets a test do this to it, and Firefox what comes last.

import assert from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chromium } from './browser/chromium.mjs';
import { Firefox } from './browser/firefox.mjs';
import { goOn, openTabs, serveTabs } from './browser/tabs.mjs';

let pages;
before(async () => (pages = await serveTabs()));
after(() => pages.close());

/** Many large records, the last of them with the longest lives, and a small one. */
async function fill() {
  const outcome = { refused: [] };
  for (let round = 0; round < 40; round += 1) {
    const put = n.put(`${round}`, 500_000, { life: 600_000 + round });
    await put.catch((error) => outcome.refused.push(`${error}`));
  }
  const ids = Array.from({ length: 40 }, (_, index) => `${index}`);
  outcome.left = (await n.store.read(ids, n.signal)).records.map((record) => record !== undefined);
  outcome.large = await n.put('large', 20_000_000).catch(({ message, cause }) => ({ message, cause: cause?.name }));
  await n.put('small', 'small');
  await n.drop('tag');
  outcome.small = await n.get('small');
  return outcome;
}

function isFilled({ refused, left, large, small }, name) {
  assert.deepEqual(refused, []);
  assert.equal(left.at(-1), true);
  assert.equal(left.at(0), false, 'there is no room for all');
  const firstLeft = left.indexOf(true);
  assert.ok(left.slice(firstLeft).every(Boolean), 'what would end first goes first');
  assert.match(large.message, new RegExp(`no room for more in "${name}"`));
  assert.equal(large.cause, 'QuotaExceededError');
  assert.equal(small, 'small');
}

describe('IndexedDB and what happens to tabs', { concurrency: 3 }, () => {
  let browser;
  before(() => (browser = new Chromium(pages.url)));
  after(() => browser.close());
  const open = (context, count, options) => openTabs(browser, count, context.name, options);

  test('Chromium: a tab that crashes leaves a whole store, and its turn ends with its lease', async (context) => {
    const [one, two] = await open(context, 2, { feedLength: 10_000 });
    const start = await two.run(() => n.position());
    goOn(one, async () => {
      for (;;) await Promise.all([n.put('a', 'a'), n.drop('tag'), n.put('b', 'b')]);
    });
    const ask = (node) => n.store.turn('a', { lease: 2500, node }, n.signal);
    const { turn } = await one.run(ask, 'one');
    await two.run((start) => n.changes(start, 15_000), start);
    await sleep(50);
    one.crash();
    const held = await two.run(ask, 'two');
    assert.ok(held.heldFor > 0);
    const { sequence, changes } = await two.run((start) => n.changes(start, 0), start);
    assert.ok(changes.length > 0);
    assert.equal(changes.length, sequence - start.sequence - 1, 'each number but that of the turn has its change');
    await sleep(held.heldFor + 50);
    assert.ok((await two.run(ask, 'two')).turn > turn);
  });

  test('Chromium: a tab that freezes in the middle stops nobody, and catches up', async (context) => {
    const [one, two] = await open(context, 2, { feedLength: 10_000 });
    const start = await one.run(() => n.position());
    await one.run(() => {
      globalThis.running = (async () => {
        while (!globalThis.isOver) await Promise.all([n.put('busy', 'busy'), n.get('busy')]);
      })();
    });
    await sleep(100);
    await one.freeze();
    const begun = performance.now();
    const dropped = await two.run(() => n.drop('tag'));
    await two.run(() => n.put('a', 'a'));
    assert.ok(performance.now() - begun < 5000);
    await one.thaw();
    await one.run(async () => {
      globalThis.isOver = true;
      await globalThis.running;
    });
    assert.equal(await one.run(() => n.get('a')), 'a');
    const { changes } = await one.run((start) => n.changes(start, 0), start);
    assert.ok(changes.some(({ sequence }) => sequence === dropped.sequence));
  });

  test('Chromium: a tab that waits for changes while it is frozen hears of them afterwards', async (context) => {
    const [one, two] = await open(context, 2);
    const start = await one.run(() => n.position());
    await one.run((start) => void (globalThis.news = n.changes(start, 15_000)), start);
    await one.freeze();
    await two.run(() => n.drop('tag'));
    await one.thaw();
    const begun = performance.now();
    assert.deepEqual((await one.run(() => globalThis.news)).changes[0].marks, ['tag']);
    assert.ok(performance.now() - begun < 8000);
  });
});

test('Chromium: data of the site that is cleared makes a new epoch', async (context) => {
  const browser = new Chromium(pages.url);
  context.after(() => browser.close());
  const [one, two] = await openTabs(browser, 2, context.name);
  const before = await one.run(() => n.put('a', 'a'));
  await two.run(() => n.get('a'));
  await one.send('Storage.clearDataForOrigin', { origin: pages.origin, storageTypes: 'indexeddb' });
  const after = await two.run(() => n.position());
  assert.notEqual(after.epoch, before.epoch);
  assert.equal(await one.run((before) => n.write('a', 'old', before), before), 'fenced');
  assert.equal(await one.run((after) => n.write('a', 'new', after), after), 'stored');
  assert.equal(await two.run(() => n.get('a')), 'new');
});

test('Chromium: a browser that is killed undoes nothing that it has acknowledged', async (context) => {
  const profile = mkdtempSync(join(tmpdir(), 'keylatch-profile-'));
  context.after(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  const first = new Chromium(pages.url, profile);
  // The weaker of the two, to which a crash of the browser alone is no danger either.
  const [one] = await openTabs(first, 1, context.name, { durability: 'relaxed' });
  const since = await one.run(() => n.put('a', 'a'));
  const dropped = await one.run(() => n.drop('a'));
  await first.kill();
  const second = new Chromium(pages.url, profile);
  context.after(() => second.close());
  const [two] = await openTabs(second, 1, context.name);
  const found = await two.run(() => n.position());
  assert.equal(found.epoch, dropped.epoch);
  assert.ok(found.sequence >= dropped.sequence);
  assert.equal(await two.run((since) => n.write('a', 'old', since), since), 'fenced');
});

test('Chromium: without room, records go, and what is too large is refused', async (context) => {
  const browser = new Chromium(pages.url);
  context.after(() => browser.close());
  const [tab] = await openTabs(browser, 1, context.name);
  await tab.send('Storage.overrideQuotaForOrigin', { origin: pages.origin, quotaSize: 6e6 });
  isFilled(await tab.run(fill), context.name);
});

test('Firefox: without room, records go, and what is too large is refused', async (context) => {
  // In kilobytes: an origin gets 10 MB of it.
  const browser = new Firefox(pages.url, { 'dom.quotaManager.temporaryStorage.fixedLimit': 12_000 });
  context.after(() => browser.close());
  const [tab] = await openTabs(browser, 1, context.name);
  isFilled(await tab.run(fill), context.name);
});
