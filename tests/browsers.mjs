// Headless browsers, found in CHROMIUM and FIREFOX.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Chromium runs as root and without a screen here, and asks nobody but the tests' own servers. webdriver.json has the
 * same, for the runner of wasm-bindgen's tests.
 */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The same for Firefox, and its clock, which is coarse by default. */
export const FIREFOX_OFF = [
  'app.update.enabled',
  'datareporting.policy.dataSubmissionEnabled',
  'browser.shell.checkDefaultBrowser',
  'privacy.reduceTimerPrecision',
  // A page that takes long is no page that hangs.
  'dom.ipc.reportProcessHangs',
];

const BROWSERS = {
  chromium: {
    program: () => process.env.CHROMIUM ?? 'chromium',
    words: (profile, url, flags) => ['--headless', ...CHROMIUM_FLAGS, ...flags, `--user-data-dir=${profile}`, url],
  },
  firefox: {
    program: () => process.env.FIREFOX ?? 'firefox-esr',
    words: (profile, url) => ['--headless', '--no-remote', '--profile', profile, url],
  },
};

/** The version of a browser. */
export function versionOf(name) {
  const [version] = execFileSync(BROWSERS[name].program(), ['--version'], { encoding: 'utf8' }).match(/[\d.]+\w*/);
  return version;
}

/**
 * Opens a page in a browser of its own, and waits for the result that it sends.
 *
 * @param name `chromium` or `firefox`.
 * @param server What `serve` returns, which has the page.
 * @param options More `flags` of Chromium's, and the `limit` in milliseconds.
 */
export async function resultOf(name, server, url, { flags = [], limit = 120_000 } = {}) {
  const { program, words } = BROWSERS[name];
  const profile = mkdtempSync(join(tmpdir(), 'keylatch-profile-'));
  writeFileSync(join(profile, 'user.js'), FIREFOX_OFF.map((name) => `user_pref("${name}", false);\n`).join(''));
  const child = spawn(program(), words(profile, url, flags), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (data) => (said += data));
  const fail = (what) => server.fail(new Error(`${url}: ${what}: ${said.slice(-2000)}`));
  const ended = once(child, 'close').then(() => fail('the browser has ended'), fail);
  const deadline = setTimeout(() => fail('no result'), limit);
  try {
    return await server.result();
  } finally {
    clearTimeout(deadline);
    child.kill('SIGKILL');
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
