// The page in a browser, as a visitor uses it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPage, startBrowser } from '../../../www/harness/browser.mjs';
import { built } from '../../build.mjs';
import { serve } from '../../server.mjs';

describe('the page of Leptos', () => {
  let server, browser, page, problems;

  before(async () => {
    server = await serve(built('leptos'));
    browser = await startBrowser();
    ({ page, problems } = await openPage(browser, server.url));
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const text = (id) => page.locator(`#${id}`).innerText();

  /** Types a DID, presses the button, and waits until both cards show a document of it. */
  async function resolve(did) {
    await page.getByLabel('DID').fill(did);
    await page.getByRole('button').click();
    const isShown = (did) => ['left', 'right'].every((id) => document.getElementById(id).textContent.startsWith(did));
    await page.waitForFunction(isShown, did);
    return [await text('left'), await text('right')];
  }

  test('makes one request of two resources', async () => {
    assert.deepEqual(await resolve('did:web:a'), ['did:web:a 1', 'did:web:a 1']);
    assert.equal(await text('counts'), '0 hits, 2 misses, 1 loads, 1 joins');
    assert.deepEqual(server.counts, { 'did:web:a': 1 });
  });

  test('makes no request of what it has seen', async () => {
    assert.deepEqual(await resolve('did:web:b'), ['did:web:b 1', 'did:web:b 1']);
    assert.deepEqual(await resolve('did:web:a'), ['did:web:a 1', 'did:web:a 1']);
    assert.equal(await text('counts'), '2 hits, 4 misses, 2 loads, 2 joins');
    assert.deepEqual(server.counts, { 'did:web:a': 1, 'did:web:b': 1 });
    assert.deepEqual(problems, []);
  });

  test('goes on after an error', async () => {
    server.plan.status = 503;
    await page.getByLabel('DID').fill('did:web:c');
    await page.getByRole('button').click();
    await page.waitForFunction(() => document.getElementById('left').textContent === 'the server says 503');
    server.plan.status = 200;
    await resolve('did:web:a');
    assert.deepEqual(await resolve('did:web:c'), ['did:web:c 2', 'did:web:c 2']);
  });
});
