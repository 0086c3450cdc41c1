// In a page that Chromium freezes, as it does with tabs that nobody looks at, and lets go on.
//
// Over the browser's own pipe: Playwright emulates a page that has the focus, and such a page can't be frozen.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHROMIUM_FLAGS } from '../browsers.mjs';
import { connect } from '../devtools.mjs';
import { serve } from '../serve.mjs';
import { consumer } from './consumer.mjs';

/** For how long the page is frozen. The short leases in runtimes/frozen-page.mjs are over then. */
const FROZEN = 1500;

const FLAGS = ['--headless', '--remote-debugging-pipe', ...CHROMIUM_FLAGS];

export async function inFrozenPage() {
  const server = await serve(consumer);
  const profile = mkdtempSync(join(tmpdir(), 'keylatch-profile-'));
  const child = spawn(process.env.CHROMIUM ?? 'chromium', [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const send = connect(child);
  try {
    const outOfTime = pause(30_000, undefined, { ref: false }).then(() =>
      Promise.reject(new Error('no result in time')),
    );
    return await Promise.race([freeze(send, `${server.url}/frozen-page.html`), outOfTime]);
  } finally {
    // Of its own accord: processes of a browser that is killed still write into the profile for a while.
    void send('Browser.close');
    await Promise.race([closed, pause(5000, undefined, { ref: false })]);
    child.kill('SIGKILL');
    await closed;
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Opens a page, freezes it when everything has begun there, and thaws it. */
async function freeze(send, url) {
  const { targetId } = await send('Target.createTarget', { url });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const evaluate = async (expression) => {
    const order = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send('Runtime.evaluate', order, sessionId);
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  };
  while (!(await evaluate('"run" in globalThis'))) await pause(20);
  await send('Page.setWebLifecycleState', { state: 'frozen' }, sessionId);
  await pause(FROZEN);
  await send('Page.setWebLifecycleState', { state: 'active' }, sessionId);
  const results = await evaluate('run.results');
  return results.map((result) => ({ seed: 0, ...result }));
}
