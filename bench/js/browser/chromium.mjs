// Headless Chromium, found in CHROMIUM.

import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS } from '../../../tests/chromium.mjs';

/** Starts it. `open` opens a page in a process of its own, and returns what closes that. */
export async function startChromium() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...CHROMIUM_FLAGS, '--js-flags=--expose-gc'],
  });
  const open = async (url, fail) => {
    // Contexts share no process.
    const context = await browser.newContext();
    const page = await context.newPage();
    page.on('crash', () => fail(new Error('the page has crashed')));
    page.on('pageerror', fail);
    await page.goto(url);
    return () => context.close();
  };
  return { name: 'Chromium', version: browser.version(), open, close: () => browser.close() };
}
