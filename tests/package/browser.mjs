// Pages in browsers, which send their results.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM_FLAGS } from '../chromium.mjs';
import { consumer } from './consumer.mjs';
import { serve } from './serve.mjs';

/** How long a page may take, in milliseconds, before its browser is ended. */
const LIMIT = 600_000;

/** Opens a page of the consumer's in a browser, and waits for the result that it sends. */
export async function inBrowser(browser, page) {
  const server = await serve(consumer);
  const profile = mkdtempSync(join(tmpdir(), 'keylatch-profile-'));
  const url = new URL(page, server.url);
  if (process.env.TESTS) url.searchParams.set('tests', process.env.TESTS);
  const child = browser(profile, url);
  const problems = [];
  child.stderr.on('data', (data) => problems.push(String(data)));
  const deadline = setTimeout(
    () => server.fail(new Error(`${page} sent no result: ${problems.join('').slice(-2000)}`)),
    LIMIT,
  );
  try {
    return JSON.parse(await server.result);
  } finally {
    clearTimeout(deadline);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function chromium(profile, url) {
  const flags = ['--headless', ...CHROMIUM_FLAGS, `--user-data-dir=${profile}`];
  return spawn(process.env.CHROMIUM ?? 'chromium', [...flags, url]);
}

export function firefox(profile, url) {
  const quiet = [
    'app.update.enabled',
    'datareporting.policy.dataSubmissionEnabled',
    'browser.shell.checkDefaultBrowser',
  ];
  writeFileSync(join(profile, 'user.js'), quiet.map((name) => `user_pref("${name}", false);\n`).join(''));
  return spawn(process.env.FIREFOX ?? 'firefox-esr', ['--headless', '--no-remote', '--profile', profile, url]);
}
