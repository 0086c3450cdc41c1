// Headless Firefox, found in FIREFOX.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.FIREFOX ?? 'firefox-esr';

/** What it does not do at its start, and the clock, which is coarse by default. */
const OFF = [
  'app.update.enabled',
  'datareporting.policy.dataSubmissionEnabled',
  'browser.shell.checkDefaultBrowser',
  'privacy.reduceTimerPrecision',
  // A page that takes long is no page that hangs.
  'dom.ipc.reportProcessHangs',
];

/** Each page has a Firefox of its own: `open` starts it, and returns what ends it. */
export async function startFirefox() {
  const [version] = execFileSync(program, ['--version'], { encoding: 'utf8' }).match(/[\d.]+\w*/);
  return { name: 'Firefox', version, open, close: async () => {} };
}

async function open(url, fail) {
  const profile = mkdtempSync(join(tmpdir(), 'keylatch-profile-'));
  writeFileSync(join(profile, 'user.js'), OFF.map((name) => `user_pref("${name}", false);\n`).join(''));
  const child = spawn(program, ['--headless', '--no-remote', '--profile', profile, url], { stdio: 'ignore' });
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.once('error', fail);
  child.once('close', () => fail(new Error('it has ended')));
  return async () => {
    child.kill('SIGKILL');
    await closed;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
}
