// Tabs of a headless Chromium, over its own protocol: Playwright's pages always have the focus, and don't freeze.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHROMIUM_FLAGS } from '../../browsers.mjs';
import { connect } from '../../devtools.mjs';
import { toExpression } from './expression.mjs';

export class Chromium {
  #profile;
  #child;
  #url;

  /**
   * @param url The page of all tabs.
   * @param profile Where the browser keeps what it stores. By default, it keeps nothing.
   */
  constructor(url, profile) {
    this.#profile = profile ?? mkdtempSync(join(tmpdir(), 'keylatch-profile-'));
    this.isKept = profile !== undefined;
    const words = ['--headless', '--remote-debugging-pipe', ...CHROMIUM_FLAGS, `--user-data-dir=${this.#profile}`];
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'];
    // A group of its own, which can be killed as a whole.
    this.#child = spawn(process.env.CHROMIUM ?? 'chromium', words, { stdio, detached: true });
    this.send = connect(this.#child);
    this.#url = url;
  }

  async open() {
    const { targetId } = await this.send('Target.createTarget', { url: this.#url });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const tab = new Tab((method, params) => this.send(method, params, sessionId));
    await tab.ready();
    return tab;
  }

  async close() {
    const closed = once(this.#child, 'close');
    void this.send('Browser.close');
    await Promise.race([closed, sleep(5000, undefined, { ref: false })]);
    this.#child.kill('SIGKILL');
    await closed;
    if (!this.isKept) rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Ends the browser and all its processes, without a warning. */
  async kill() {
    const closed = once(this.#child, 'close');
    process.kill(-this.#child.pid, 'SIGKILL');
    await closed;
  }
}

class Tab {
  constructor(send) {
    this.send = send;
  }

  async ready() {
    while (!(await this.run(() => 'node' in globalThis))) await sleep(20);
  }

  /** Runs a function in the tab. */
  async run(work, ...values) {
    const order = { expression: toExpression(work, values), awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', order);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? JSON.stringify(exceptionDetails));
    return result.value === undefined ? undefined : JSON.parse(result.value);
  }

  async reload() {
    await this.run(() => delete globalThis.node);
    await this.send('Page.reload');
    await this.ready();
  }

  freeze() {
    return this.send('Page.setWebLifecycleState', { state: 'frozen' });
  }

  thaw() {
    return this.send('Page.setWebLifecycleState', { state: 'active' });
  }

  /** Ends the tab's process. */
  crash() {
    // There is no answer from a process that has ended.
    void this.send('Page.crash').catch(() => {});
  }
}
