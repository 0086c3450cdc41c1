// A browser that measures: each case in a page of its own, as it has a process of its own in Node.

import { bundlePage } from './bundle.mjs';
import { startChromium } from './chromium.mjs';
import { startFirefox } from './firefox.mjs';
import { servePage } from './serve.mjs';

const STARTS = { chromium: startChromium, firefox: startFirefox };

/** The browsers that there are. */
export const BROWSERS = Object.keys(STARTS);

/** A case that takes longer than this has gone wrong: the slowest take a fraction of it. */
const LIMIT = 300_000;

/**
 * Starts a browser.
 *
 * @param kind One of `BROWSERS`.
 * @returns What it is; `work`, which has a page do something and waits for the result; and `close`.
 */
export async function openBrowser(kind) {
  const script = await bundlePage();
  const { name, version, open, close } = await STARTS[kind]();
  const server = await servePage(script);
  const work = async (what) => {
    const answer = server.nextResult();
    // It may fail before somebody waits for it.
    answer.catch(() => {});
    const deadline = setTimeout(() => server.fail(new Error('the page has sent no result')), LIMIT);
    let leave = async () => {};
    try {
      leave = await open(server.address(what), server.fail);
      const { result, error } = await answer;
      if (error !== undefined) throw new Error(error);
      return result;
    } catch (error) {
      throw new Error(`${name}, ${what.spec?.name ?? 'check'}: ${error.message}`);
    } finally {
      clearTimeout(deadline);
      await leave();
    }
  };
  return { name, version, work, close: () => Promise.all([close(), server.close()]) };
}
