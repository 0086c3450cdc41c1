// The page in a browser, as a visitor uses it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPage, startBrowser } from '../../../www/harness/browser.mjs';
import { built } from '../../build.mjs';
import { serve } from '../../server.mjs';

/** As in src/cached.rs, and a while more: how long a document lives, and how long an old one serves. */
const TTL = 2100;
const STALE = 2000;

describe('the page', () => {
  let server, browser, page, problems;

  before(async () => {
    server = await serve(built('page'));
    browser = await startBrowser();
    ({ page, problems } = await openPage(browser, server.url));
    await isReady();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const text = (id) => page.locator(`#${id}`).innerText();
  const isReady = () => page.waitForFunction(() => document.getElementById('state').textContent === 'ready');

  /** Types a DID, and presses the button so many times. What the page shows then. */
  async function resolve(did, times = 1) {
    await page.getByLabel('DID').fill(did);
    await page.evaluate((times) => {
      for (let time = 0; time < times; time += 1) document.querySelector('button').click();
    }, times);
    await isReady();
    return text('answer');
  }

  test('loads a document once, however often it is asked for', async () => {
    assert.equal(await resolve('did:web:a'), 'did:web:a 1');
    assert.equal(await resolve('did:web:a'), 'did:web:a 1');
    assert.equal(await text('counts'), '1 hits, 1 misses, 1 loads, 0 joins, 0 stale');
    assert.equal(await resolve('did:web:b', 5), 'did:web:b 1');
    assert.equal(await text('counts'), '1 hits, 6 misses, 2 loads, 4 joins, 0 stale');
    assert.deepEqual(server.counts, { 'did:web:a': 1, 'did:web:b': 1 });
  });

  test('shows an old document at once, and loads a new one behind', async () => {
    await resolve('did:web:old');
    await page.waitForTimeout(TTL);
    assert.equal(await resolve('did:web:old'), 'did:web:old 1');
    await page.waitForTimeout(1000);
    assert.equal(await resolve('did:web:old'), 'did:web:old 2');
    assert.equal(server.counts['did:web:old'], 2);
  });

  test('shows an old document while the server fails, and an error if there is none', async () => {
    await resolve('did:web:failing');
    server.plan.status = 503;
    await page.waitForTimeout(TTL + STALE);
    assert.equal(await resolve('did:web:failing'), 'did:web:failing 1');
    assert.equal(await resolve('did:web:unseen'), 'the server says 503');
    server.plan.status = 200;
    assert.equal(await resolve('did:web:unseen'), 'did:web:unseen 2');
    // The browser itself complains of the answers with an error.
    assert.deepEqual(
      problems.filter((problem) => !/503/.test(problem)),
      [],
    );
  });
});
