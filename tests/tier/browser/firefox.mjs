// Tabs of a headless Firefox, over WebDriver BiDi.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'undici';
import { FIREFOX_OFF } from '../../browsers.mjs';
import { toExpression } from './expression.mjs';

export class Firefox {
  #profile = mkdtempSync(join(tmpdir(), 'keylatch-profile-'));
  #child;
  #url;
  #socket;
  #waiting = new Map();
  #last = 0;

  /**
   * @param url The page of all tabs.
   * @param settings More of Firefox's own settings.
   */
  constructor(url, settings = {}) {
    const all = { ...Object.fromEntries(FIREFOX_OFF.map((name) => [name, false])), ...settings };
    const lines = Object.entries(all).map(([name, value]) => `user_pref("${name}", ${value});\n`);
    writeFileSync(join(this.#profile, 'user.js'), lines.join(''));
    const words = ['--headless', '--no-remote', '--remote-debugging-port', '0', '--profile', this.#profile];
    this.#child = spawn(process.env.FIREFOX ?? 'firefox-esr', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#socket = this.#connect();
    // Whoever opens a tab hears of it.
    this.#socket.catch(() => {});
    this.#url = url;
  }

  async #connect() {
    const address = await new Promise((resolve, reject) => {
      let said = '';
      this.#child.stderr.setEncoding('utf8').on('data', (data) => {
        const [, found] = /WebDriver BiDi listening on (\S+)/.exec((said += data)) ?? [];
        if (found) resolve(found);
      });
      this.#child.once('close', () => reject(new Error(`Firefox has ended: ${said}`)));
    });
    const socket = new WebSocket(`${address}/session`);
    socket.addEventListener('message', ({ data }) => {
      const { id, result, error, message } = JSON.parse(data);
      if (error) this.#waiting.get(id)?.reject(new Error(`${error}: ${message}`));
      else this.#waiting.get(id)?.resolve(result);
      this.#waiting.delete(id);
    });
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    await this.#send(socket, 'session.new', { capabilities: {} });
    return socket;
  }

  #send(socket, method, params) {
    return new Promise((resolve, reject) => {
      const id = (this.#last += 1);
      this.#waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });
  }

  async send(method, params) {
    return this.#send(await this.#socket, method, params);
  }

  async open() {
    const { context } = await this.send('browsingContext.create', { type: 'tab' });
    const tab = new Tab(this, context);
    await this.send('browsingContext.navigate', { context, url: this.#url, wait: 'complete' });
    await tab.ready();
    return tab;
  }

  async close() {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await Promise.race([closed, sleep(5000, undefined, { ref: false })]);
    this.#child.kill('SIGKILL');
    await closed;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Tab {
  #browser;
  #context;

  constructor(browser, context) {
    this.#browser = browser;
    this.#context = context;
  }

  async ready() {
    while (!(await this.run(() => 'node' in globalThis))) await sleep(20);
  }

  /** Runs a function in the tab. */
  async run(work, ...values) {
    const order = { expression: toExpression(work, values), target: { context: this.#context }, awaitPromise: true };
    const { result, exceptionDetails } = await this.#browser.send('script.evaluate', order);
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value === undefined ? undefined : JSON.parse(result.value);
  }

  async reload() {
    await this.#browser.send('browsingContext.reload', { context: this.#context, wait: 'complete' });
    await this.ready();
  }
}
