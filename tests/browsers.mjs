// Headless browsers: Chromium and Firefox, found in CHROMIUM and FIREFOX, and Debian's WebKitGTK.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
  webkit: {
    program: miniBrowser,
    // Asked for its version, the browser wants a screen.
    version: () => execFileSync('dpkg-query', ['-W', '-f', '${Version}', 'libwebkit2gtk-4.1-0'], { encoding: 'utf8' }),
    words: (profile, url, flags) => [...flags, url],
    // It has no mode without a screen, and keeps what it stores where the desktop's programs do.
    needsScreen: true,
    env: (profile) => ({ XDG_DATA_HOME: profile, XDG_CACHE_HOME: profile, XDG_CONFIG_HOME: profile }),
  },
};

/** The browser of WebKitGTK's own, which Debian has in a folder of its architecture's. */
function miniBrowser() {
  const folders = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, 'webkit2gtk-4.1/MiniBrowser'));
  return folders.find((program) => existsSync(program)) ?? 'MiniBrowser';
}

/** A screen that nobody sees: Xvfb, which chooses its number. */
async function screen() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = await Promise.race([once(server.stdio[3], 'data'), once(server, 'exit').then(() => [''])]);
  if (!String(number).trim()) throw new Error('Xvfb has not started');
  return { display: `:${String(number).trim()}`, close: () => server.kill() };
}

/** The version of a browser. */
export function versionOf(name) {
  const { program, version = () => execFileSync(program(), ['--version'], { encoding: 'utf8' }) } = BROWSERS[name];
  return version().match(/[\d.]+\w*/)[0];
}

/**
 * Starts a browser with a page and a profile of its own.
 *
 * @returns `ended`, a promise; `said`, what it has written; and `close`.
 */
export async function start(name, url, flags = []) {
  const { program, words, needsScreen, env } = BROWSERS[name];
  const profile = mkdtempSync(join(tmpdir(), 'keylatch-profile-'));
  writeFileSync(join(profile, 'user.js'), FIREFOX_OFF.map((name) => `user_pref("${name}", false);\n`).join(''));
  const unseen = needsScreen ? await screen() : undefined;
  const child = spawn(program(), words(profile, url, flags), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env?.(profile), ...(unseen && { DISPLAY: unseen.display }) },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (data) => (said += data));
  const ended = once(child, 'close');
  const close = async () => {
    child.kill('SIGKILL');
    await ended.catch(() => {});
    unseen?.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { ended, said: () => said, close };
}

/**
 * Opens a page in a browser of its own, and waits for the result that it sends.
 *
 * @param name `chromium`, `firefox` or `webkit`.
 * @param server What `serve` returns, which has the page.
 * @param options More `flags` of the browser's, and the `limit` in milliseconds.
 */
export async function resultOf(name, server, url, { flags = [], limit = 120_000 } = {}) {
  const browser = await start(name, url, flags);
  const fail = (what) => server.fail(new Error(`${url}: ${what}: ${browser.said().slice(-2000)}`));
  browser.ended.then(() => fail('the browser has ended'), fail);
  const deadline = setTimeout(() => fail('no result'), limit);
  try {
    return await server.result();
  } finally {
    clearTimeout(deadline);
    await browser.close();
  }
}
