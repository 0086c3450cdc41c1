// What the tests of browsers have in common.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serve } from '../../serve.mjs';
import { bundle } from '../bundle.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Serves the page of the tabs, and what it imports. Returns its `url`, its `origin`, and `close`. */
export async function serveTabs() {
  mkdirSync(`${root}/target/tier/browser`, { recursive: true });
  for (const entry of ['idb', 'sealed']) {
    writeFileSync(`${root}/target/tier/browser/${entry}.mjs`, await bundle(entry));
  }
  const { url, close } = await serve(root);
  return { url: `${url}/tests/tier/browser/page.html`, origin: url, close };
}

/** Opens tabs, each with a node `n` of one database. */
export function openTabs(browser, count, name, options = {}) {
  const open = async () => {
    const tab = await browser.open();
    await connect(tab, name, options);
    return tab;
  };
  return Promise.all(Array.from({ length: count }, open));
}

/** Gives a tab its node. */
export const connect = (tab, name, options = {}) =>
  tab.run((...words) => void (globalThis.n = node(...words)), name, options);

/** Has a tab do something for as long as it is there. */
export const goOn = (tab, work, ...values) => void tab.run(work, ...values).catch(() => {});
