// Pages in browsers, which send their results.

import { resultOf } from '../browsers.mjs';
import { serve } from '../serve.mjs';
import { consumer } from './consumer.mjs';

/** How long a page may take, in milliseconds, before its browser is ended. */
const LIMIT = 600_000;

/** Opens a page of the consumer's in a browser, `chromium` or `firefox`, and waits for the result that it sends. */
export async function inBrowser(browser, page) {
  const server = await serve(consumer);
  const url = new URL(page, server.url);
  if (process.env.TESTS) url.searchParams.set('tests', process.env.TESTS);
  try {
    return await resultOf(browser, server, url.href, { limit: LIMIT });
  } finally {
    await server.close();
  }
}
