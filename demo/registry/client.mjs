// The registry, as the demo sees it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';

/** How many milliseconds an answer may take. */
const TIMEOUT = 10_000;

/** How many milliseconds the registry may take to start. */
const START_TIMEOUT = 15_000;

/** A registry in another process. */
export class Registry {
  #child;
  #port;
  #agent = new Agent({ keepAlive: true, maxFreeSockets: Infinity });
  #asked = new Map();
  #orders = 0;

  /** Starts a registry, and waits until it answers. */
  static async start() {
    const registry = new Registry();
    try {
      await registry.#start();
    } catch (error) {
      // A child that is left running would keep the demo running too.
      registry.kill();
      throw error;
    }
    return registry;
  }

  /**
   * Gets a document over HTTP.
   *
   * @param {string} path
   * @param {object} [headers] Of the request.
   * @returns {Promise<{ status: number, etag: string, bytes: number, body: unknown }>} `bytes`: how long the body is.
   */
  get = (path, headers = {}) =>
    new Promise((resolve, reject) => {
      const where = { host: '127.0.0.1', port: this.#port, path, headers, agent: this.#agent, timeout: TIMEOUT };
      const request = get(where, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            const text = Buffer.concat(chunks);
            const body = text.length > 0 ? JSON.parse(text.toString()) : undefined;
            resolve({ status: response.statusCode, etag: response.headers.etag, bytes: text.length, body });
          } catch (error) {
            reject(error);
          }
        });
      });
      request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT} ms`)));
      request.on('error', reject);
    });

  /** Lets the registry count anew. */
  reset() {
    return this.#order('reset');
  }

  /** Lets the next answers for a path be failures. */
  fail(path, times) {
    return this.#order('fail', { path, times });
  }

  /**
   * What the registry has counted since the last reset.
   *
   * @returns {Promise<{ requests: number, paths: number, mostAtOnce: number }>} `paths`: how many different ones were
   * asked for. `mostAtOnce`: the most requests for one path at the same time.
   */
  counts() {
    return this.#order('counts');
  }

  /** Ends the registry, and waits until it is gone. */
  async stop() {
    this.#agent.destroy();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** Ends the registry when there is no time to wait. */
  kill() {
    this.#child?.kill('SIGKILL');
  }

  async #start() {
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'];
    this.#child = fork(fileURLToPath(new URL('process.mjs', import.meta.url)), { execArgv: [], stdio });
    process.once('exit', () => this.kill());
    let late;
    const started = new Promise((resolve, reject) => {
      const error = new Error(`The registry has not started within ${START_TIMEOUT / 1000} s.`);
      late = setTimeout(() => reject(error), START_TIMEOUT);
      this.#child.once('error', reject);
      this.#child.once('exit', () => this.#fail(reject));
      this.#child.on('message', ({ port, failed, id, answer }) => {
        if (failed) reject(new Error(`The registry can't start: ${failed}.`));
        else if (port) resolve(port);
        else this.#answer(id, answer);
      });
    });
    this.#port = await started.finally(() => clearTimeout(late));
  }

  #order(order, details) {
    return new Promise((resolve, reject) => {
      const id = (this.#orders += 1);
      this.#asked.set(id, { resolve, reject });
      this.#child.send({ id, order, details }, (error) => error && this.#fail(reject));
    });
  }

  #answer(id, answer) {
    this.#asked.get(id).resolve(answer);
    this.#asked.delete(id);
  }

  /** Fails what waits for a registry that is gone. */
  #fail(reject) {
    const error = new Error('The registry has stopped before its time.');
    reject(error);
    for (const asked of this.#asked.values()) asked.reject(error);
    this.#asked.clear();
  }
}
