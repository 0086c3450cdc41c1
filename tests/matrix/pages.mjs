// Pages of the matrix, which send their results.

import { serve } from '../serve.mjs';
import { resultOf } from '../browsers.mjs';

/** How long a page may take, in milliseconds. */
const LIMIT = 120_000;

/** Opens a page of a folder in a browser, and waits for what it sends. */
export async function inPage(folder, page = 'index.html', browser = 'chromium') {
  const server = await serve(folder);
  try {
    return await resultOf(browser, server, `${server.url}/${page}`, { limit: LIMIT });
  } finally {
    await server.close();
  }
}

/** Opens a page that another server has. It sends its result to the address that it is given. */
export async function inPageOf(url, browser = 'chromium') {
  const server = await serve('.');
  try {
    return await resultOf(browser, server, `${url}?result=${server.url}`, { limit: LIMIT });
  } finally {
    await server.close();
  }
}
