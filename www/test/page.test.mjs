// The built page in a browser, part by part, as a visitor uses it. Build it first: npx vite build www

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { serve } from '../../tests/serve.mjs';
import { faults, openPage, startBrowser } from '../harness/browser.mjs';
import { provoke, watchShifts } from '../harness/in-page.mjs';
import { visit } from '../harness/visitor.mjs';

const DIST = new URL('../dist/', import.meta.url);

let server, browser;
/** The page that is open, and what a visitor does there. */
let page, problems, requests, close;
let press, text, shelf, numbers, until, send, lines, measure, assertError;

before(async () => {
  assert.ok(existsSync(DIST), 'there is no www/dist/: build it with npx vite build www');
  server = await serve(fileURLToPath(DIST));
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** Closes the page that is open. Nothing may have gone wrong in it. */
async function leave() {
  await close?.();
  close = undefined;
  if (problems) assert.deepEqual(problems.splice(0), [], 'something went wrong in the page');
}

/** Opens the page anew. */
async function open(options) {
  await leave();
  ({ page, problems, requests, close } = await openPage(browser, server.url, options));
  ({ press, text, shelf, numbers, until, send, lines, measure, assertError } = visit(page));
}

beforeEach(() => open());
afterEach(leave);

describe('what it is', () => {
  test('the page names its version, and asks nobody but its own server', async () => {
    assert.match(await text('#version'), /^keylatch \d+\.\d+\.\d+/);
    assert.ok(requests.length >= 3);
    for (const url of requests) assert.ok(url.startsWith(server.url), url);
  });

  test('the code is copied', async () => {
    await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    for (const id of ['install', 'example']) {
      const notice = page.locator(`[data-copy=${id}]`, { hasText: 'Copied' }).waitFor();
      await page.locator(`[data-copy=${id}]`).click();
      await notice;
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(copied, await page.locator(`#${id}`).textContent());
    }
  });

  test('where the clipboard is closed, the code is selected and the page says so', async () => {
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await press('Copy the install line');
    assert.equal(await text('#content .start .error code'), 'not-copied');
    assert.equal(await page.evaluate(() => String(getSelection())), 'npm install keylatch');
  });

  test('the policy lets WebAssembly in and nothing else', async () => {
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    assert.match(policy, /default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/);
    assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'|data:|\*/);
    assert.deepEqual(await page.evaluate(provoke), {
      met: ['connect-src', 'script-src-elem', 'style-src-elem'],
      wasRun: false,
    });
    assert.ok(problems.length >= 3, 'a breach is noticed by these tests');
    problems.length = 0;
  });
});

describe('the cache that one can try', () => {
  test('there are entries from the start', async () => {
    assert.deepEqual(await shelf(), ['user:1', 'user:2', 'user:3']);
    assert.equal(await page.locator('#shelf .cell').count(), 8);
    const { entries, hits, inserts } = await numbers('#counters');
    assert.deepEqual({ entries, hits, inserts }, { entries: '3', hits: '3', inserts: '3' });
  });

  test('an entry is set, found, missed and deleted', async () => {
    await press('Set');
    assert.ok((await shelf()).includes('user:4'));
    assert.match(await text('#outcome'), /^'user:4' is set for \d\.\d s\.$/);
    assert.match(await text('#log li:first-child'), /cache\.set\('user:4', 'Radia', \{ ttl: 8000 \}\)\s+set 'user:4'/);
    await press('Get');
    assert.equal(await text('#outcome'), "'user:4' has the value 'Radia': a hit.");
    await page.getByLabel('key').fill('nobody');
    await press('Get');
    assert.equal(await text('#outcome'), "'nobody' is not there: a miss.");
    await press("Delete 'user:1'");
    assert.ok(!(await shelf()).includes('user:1'));
    const { hits, misses, deletions } = await numbers('#counters');
    assert.deepEqual({ hits, misses, deletions }, { hits: '4', misses: '1', deletions: '1' });
  });

  test('what nobody asks for makes room', async () => {
    await press('Set ten new keys');
    const keys = await shelf();
    assert.equal(keys.length, 8);
    // Chance has a part in it: one of the three may have to go.
    assert.ok(keys.filter((key) => key.startsWith('user:')).length >= 2, keys.join());
    const { entries, evictions, inserts } = await numbers('#counters');
    assert.deepEqual({ entries, evictions, inserts }, { entries: '8', evictions: '5', inserts: '13' });
    assert.match(await text('#log li:first-child'), /evict 'new:/);
    const notice = page.locator('#shelf [data-note]:has(s)', { hasText: 'evicted' }).waitFor();
    await press('Set');
    await notice;
  });

  test('an entry expires, and says so', async () => {
    await page.locator('#use-ttl').fill('400');
    // The page looks out for it from before on: on a busy machine the notice can be over before anybody else looks.
    const notice = page.locator('#shelf .expired', { hasText: "'user:4'" }).waitFor();
    await press('Set');
    await notice;
    assert.ok(!(await shelf()).includes('user:4'));
    assert.equal(await text('#outcome'), "'user:4' has expired.");
    assert.match(await text('#log li:first-child'), /purgeStale\(\)\s+expire 'user:4'/);
    assert.equal((await numbers('#counters')).expirations, '1');
    await until(async () => (await page.locator('#shelf .expired').count()) === 0, 'the end of the notice');
  });

  test('the remaining time goes down', async () => {
    const share = () =>
      page
        .locator('#shelf .bar')
        .nth(1)
        .evaluate((bar) => Number(bar.style.getPropertyValue('--share')));
    const first = await share();
    await until(async () => (await share()) < first, 'a shorter bar');
    assert.equal(await page.locator('#shelf .time').first().innerText(), 'for good');
  });

  test('another cache has other bounds', async () => {
    await page.locator('#make-max').fill('3');
    await page.locator('#make-ttl').fill('');
    await press('Make a new cache');
    assert.equal(await text('#outcome'), 'A new cache, with room for 3 entries.');
    assert.equal(await page.locator('#shelf .cell').count(), 3);
    await press('Set ten new keys');
    assert.equal((await shelf()).length, 3);
    assert.equal((await numbers('#counters')).evictions, '7');
    await press('Clear');
    assert.deepEqual(await shelf(), []);
    // More than there are cells for.
    await page.locator('#make-max').fill('1000');
    await press('Make a new cache');
    for (let times = 0; times < 5; times += 1) await press('Set ten new keys');
    assert.equal((await shelf()).length, 48);
    assert.equal(await text('#more'), 'and 2 more');
  });

  test('what the cache refuses is shown with its code, at its field', async () => {
    await page.locator('#make-max').fill('0');
    await press('Make a new cache');
    await assertError('make', 'invalid-option', /max: expected a whole number.* got 0/, 'max');
    assert.equal((await shelf()).length, 3, 'the cache that there was stays');
    await page.locator('#make-max').fill('eight');
    await press('Make a new cache');
    await assertError('make', 'invalid-option', /max: .* got NaN/, 'max');
    await page.locator('#use-ttl').fill('-1');
    await press('Set');
    await assertError('use', 'invalid-ttl', /ttl: expected .*, got -1/, 'ttl');
    assert.ok(!(await shelf()).includes('user:4'));
    await page.locator('#use-ttl').fill('8000');
    await press('Set');
    assert.equal(await text('#use-error'), '');
    assert.equal(await page.locator('#use [aria-invalid]').count(), 0);
  });

  test('it can be used by keyboard', async () => {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.getByLabel('key').focus();
    await page.keyboard.press('Enter');
    assert.ok((await shelf()).includes('user:4'));
    await page.getByRole('button', { name: "Delete 'user:2'" }).focus();
    await page.keyboard.press('Enter');
    assert.ok(!(await shelf()).includes('user:2'));
    assert.equal(await page.evaluate(() => document.activeElement.id), 'shelf', 'whoever deletes stays at the shelf');
  });
});

describe('one computation for many callers', () => {
  const summary = ({ computations, 'have the value': served, 'have an error': failed }) =>
    [computations, served, failed].map(Number);

  test('without a failure there is one computation, and all have its result', async () => {
    const { without, shared } = await send(60);
    assert.deepEqual(summary(without), [60, 60, 0]);
    assert.deepEqual(summary(shared), [1, 60, 0]);
    assert.equal((await lines('computes')).length, 1);
    assert.equal((await lines('served')).length, 60);
    assert.deepEqual(await lines('fails'), []);
    assert.equal(await text('#runs-outcome'), '60 computations without a cache, 1 with withLock.');
  });

  test('if the first one fails, exactly one of those who wait computes', async () => {
    const { without, shared } = await send(60, { fails: true });
    assert.deepEqual(summary(without), [60, 59, 1]);
    assert.deepEqual(summary(shared), [2, 59, 1]);
    const [first, second] = await lines('computes');
    const [failed] = await lines('fails');
    const [wait] = await lines('waits').then((all) => all.filter(({ to }) => to === second.from));
    assert.equal(failed.from, first.to);
    assert.ok(second.from >= first.to && second.from - first.to < 300, 'the next one begins when the first one fails');
    assert.ok(wait.from < first.to, 'it has waited until then');
    assert.match(await text('#runs-outcome'), /2 with withLock\. .* for itself and 58 others\.$/);
  });

  test('one caller alone that fails has nobody to go on for it', async () => {
    const { shared } = await send(1, { fails: true });
    assert.deepEqual(summary(shared), [1, 0, 1]);
    assert.match(await text('#runs-outcome'), /nobody was in line\.$/);
  });

  test('a number that will not do is refused, and nobody is sent', async () => {
    for (const wrong of ['0', '1001', '2.5', 'many', '']) {
      await page.locator('#send-count').fill(wrong);
      await press('Send the callers');
      await assertError('send', 'RangeError', /count: expected a whole number from 1 to 1000, got "/, 'count');
    }
    assert.equal(await text('#runs-outcome'), '');
  });
});

describe('how fast', () => {
  test('a measurement yields numbers, and takes nothing from the net', async () => {
    await page.getByLabel('entries', { exact: true }).selectOption('1000');
    const before = requests.length;
    const rows = await measure();
    assert.equal(await page.locator('#measure-progress').isVisible(), false);
    assert.equal(rows.map(([name]) => name).join(), 'Map,Cache,Cache with ttl');
    for (const [name, median, range] of rows) {
      const [least, greatest] = range.split(' to ').map(Number);
      assert.ok(least > 0 && least <= Number(median) && Number(median) <= greatest, `${name}: ${median}, ${range}`);
    }
    assert.equal(requests.length, before);
  });
});

describe('how it looks', () => {
  for (const width of [320, 360, 768, 1280]) {
    test(`nothing reaches over the edge at ${width} px`, async () => {
      await open({ viewport: { width, height: 740 } });
      await page.locator('#use-key').fill('a-key-that-is-much-longer-than-the-cell-that-it-is-shown-in'.repeat(3));
      await press('Set');
      await page.locator('#make-max').fill('x'.repeat(60));
      await press('Make a new cache');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    });
  }

  for (const width of [360, 1280]) {
    test(`nothing moves but where the visitor has moved it, at ${width} px`, async () => {
      await open({ viewport: { width, height: 900 } });
      await page.evaluate(watchShifts);
      await page.locator('#use-ttl').fill('900');
      await press('Set');
      await send(40, { fails: true });
      await measure();
      assert.equal((await numbers('#counters')).expirations, '1');
      assert.deepEqual(await page.evaluate(() => globalThis.shifts), []);
    });
  }

  test('light and dark differ, and axe finds no fault in either', async () => {
    const surfaces = new Set();
    for (const colorScheme of ['light', 'dark']) {
      await open({ colorScheme, reducedMotion: 'reduce' });
      await press('Set ten new keys');
      await page.locator('#use-ttl').fill('-1');
      await press('Set');
      assert.deepEqual(await faults(page), [], colorScheme);
      surfaces.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    }
    assert.equal(surfaces.size, 2);
  });

  test('where little should move, nothing is animated', async () => {
    await open({ reducedMotion: 'reduce' });
    await press('Set');
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    await open();
    await press('Set');
    assert.ok((await page.evaluate(() => document.getAnimations().length)) > 0);
  });
});
