// Tabs of WebKitGTK. Its driver does one thing at a time in all tabs, so each tab asks for what it has to do.

import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { start } from '../../browsers.mjs';
import { toExpression } from './expression.mjs';

export class WebKit {
  #tabs = [];
  #server = createServer((request, response) => this.#answer(request, response));
  #started;
  #url;

  /** @param url The page of all tabs. */
  constructor(url) {
    this.#url = url;
    this.#started = this.#start();
    this.#started.catch(() => {});
  }

  /** The first tab opens the others. */
  async #start() {
    this.#server.listen(0, 'localhost');
    await once(this.#server, 'listening');
    const first = this.#tab();
    const browser = await start('webkit', first.url, ['--javascript-can-open-windows-automatically=true']);
    return { first, browser };
  }

  #tab() {
    const orders = `http://localhost:${this.#server.address().port}/${this.#tabs.length}`;
    const tab = new Tab(`${this.#url}?orders=${encodeURIComponent(orders)}`);
    this.#tabs.push(tab);
    return tab;
  }

  async #answer(request, response) {
    response.setHeader('Access-Control-Allow-Origin', '*');
    const [, index, isNew] = request.url.split('/');
    const tab = this.#tabs[index];
    if (request.method === 'GET') tab.ask(response, isNew !== undefined);
    else {
      tab.hear(JSON.parse(await text(request)));
      response.end();
    }
  }

  async open() {
    const { first } = await this.#started;
    const tab = this.#tab();
    await first.run((url) => void globalThis.open(url), tab.url);
    await tab.ready();
    return tab;
  }

  async close() {
    const { browser } = await this.#started;
    await browser.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

class Tab {
  #orders = [];
  #results = new Map();
  #last = 0;
  /** The answer to the tab that waits for an order. */
  #waiting;
  #begin;
  #begun;

  constructor(url) {
    this.url = url;
    this.#expectPage();
  }

  #expectPage() {
    this.#begun = new Promise((resolve) => (this.#begin = resolve));
  }

  /** A page wants an order. One that is new takes the place of the tab's last one. */
  ask(response, isNew) {
    if (isNew) this.#begin();
    this.#waiting = response;
    this.#give();
    // Six tabs that wait would use all connections that the browser makes to one server.
    setTimeout(() => this.#waiting === response && this.#send(null), 20);
  }

  hear({ id, result, error }) {
    const { resolve, reject } = this.#results.get(id);
    this.#results.delete(id);
    if (error === undefined) resolve(result === undefined ? undefined : JSON.parse(result));
    else reject(new Error(error));
  }

  #give() {
    if (this.#waiting !== undefined && this.#orders.length > 0) this.#send(this.#orders.shift());
  }

  #send(order) {
    this.#waiting.end(JSON.stringify(order));
    this.#waiting = undefined;
  }

  /** Runs a function in the tab. */
  run(work, ...values) {
    return new Promise((resolve, reject) => {
      const id = (this.#last += 1);
      this.#results.set(id, { resolve, reject });
      this.#orders.push({ id, expression: toExpression(work, values) });
      this.#give();
    });
  }

  ready() {
    return this.#begun;
  }

  async reload() {
    this.#expectPage();
    // Its answer may be lost with the page.
    void this.run(() => location.reload());
    await this.ready();
  }
}
