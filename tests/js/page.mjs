// In a page: runs the tests with the classes, and sends the result to the server that has sent the page.

import { run } from './suite.mjs';

export async function runInPage(classes) {
  // From now on, the tests have to do with errors.
  removeEventListener('error', globalThis.fail);
  const result = await run(classes).catch((error) => ({ passed: 0, failures: [{ name: 'all', error: error.stack }] }));
  await fetch('./result', { method: 'POST', body: JSON.stringify(result) });
}
