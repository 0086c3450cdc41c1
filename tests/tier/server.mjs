// Real servers: `redis-server` on a free port of this machine, with its data in a folder of its own, or with none.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port that nobody has. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// Each server listens for the end.
process.setMaxListeners(0);

/** A server. */
export class RedisServer {
  #process;
  #folder = mkdtempSync(join(tmpdir(), 'keylatch-redis-'));
  #options;
  port;

  constructor() {
    // Tests that fail in their own setup stop nothing.
    process.on('exit', () => this.#process?.kill('SIGKILL'));
  }

  /** Starts one. `options`: as on its command line, without the dashes. */
  static async start(options = {}) {
    const server = new RedisServer();
    server.port = await freePort();
    server.#options = { save: '', appendonly: 'no', bind: '127.0.0.1', 'enable-debug-command': 'yes', ...options };
    await server.restart();
    return server;
  }

  /** Starts it again on the same port, with what it has saved. */
  async restart() {
    const options = { port: this.port, dir: this.#folder, ...this.#options };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, ...[value].flat().map(String)]);
    this.#process = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    // A pipe that nobody reads fills up, and the server waits.
    this.#process.stdout.resume();
    for (let attempt = 0; ; attempt += 1) {
      if (this.#process.exitCode !== null) throw new Error(`redis-server has ended with ${this.#process.exitCode}`);
      if ((await this.send('PING').catch(() => '')) === '+PONG') return;
      if (attempt === 200) throw new Error('redis-server does not answer');
      await sleep(25);
    }
  }

  /** Sends a command on a connection of its own, and returns the first line of the reply. */
  async send(...words) {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`);
      socket.write(`*${words.length}\r\n${parts.join('')}`);
      let reply = '';
      socket.setEncoding('utf8');
      for await (const chunk of socket) {
        reply += chunk;
        if (reply.endsWith('\r\n')) break;
      }
      if (reply.startsWith('-')) throw new Error(reply.trim());
      return reply.trimEnd();
    } finally {
      socket.destroy();
    }
  }

  signal(name) {
    this.#process.kill(name);
  }

  /** As by `kill -9`. */
  async kill() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  async stop() {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
