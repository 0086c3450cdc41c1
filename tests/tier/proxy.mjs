// A TCP proxy that does to connections what networks do.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands before a server. Connections that are made while it is cut are refused. */
export class Proxy {
  #server;
  #target;
  #pairs = new Set();
  /** Which directions pass: what a client sends, and what it gets. What does not pass is lost, and nobody is told. */
  passes = { up: true, down: true };
  /** How long everything takes, in milliseconds. */
  delay = 0;
  port;

  static async start(target) {
    const proxy = new Proxy();
    proxy.#target = target;
    proxy.#server = createServer((client) => proxy.#join(client)).listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    proxy.port = proxy.#server.address().port;
    return proxy;
  }

  #join(client) {
    const server = connect(this.#target, '127.0.0.1');
    const pair = [client, server];
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    this.#carry(client, server, 'up');
    this.#carry(server, client, 'down');
  }

  async #carry(from, to, direction) {
    try {
      for await (const chunk of from) {
        if (this.delay > 0) await sleep(this.delay);
        if (this.passes[direction]) to.write(chunk);
      }
    } catch {
      // The pair has ended.
    }
  }

  /** Ends all connections. They may be made again at once. */
  cut() {
    for (const pair of [...this.#pairs]) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Has connections stay, while nothing passes. */
  freeze() {
    this.passes = { up: false, down: false };
  }

  /** Has new connections pass again. Those from before have lost something, and end. */
  heal() {
    this.passes = { up: true, down: true };
    this.delay = 0;
    this.cut();
  }

  stop() {
    this.cut();
    this.#server.close();
  }
}
