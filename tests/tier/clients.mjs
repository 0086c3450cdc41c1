// The clients, each as a user makes it.

import { Redis as IoRedis } from 'ioredis';
import { Redis as IoValkey } from 'iovalkey';
import { createClient } from 'redis';

const silence = (client) => client.on('error', () => {});

/** What @upstash/redis does, over another client: plain calls, and values that look like JSON are parsed. */
function rest(client) {
  const parse = (value) => {
    if (Array.isArray(value)) return value.map(parse);
    try {
      return typeof value === 'string' ? JSON.parse(value) : value;
    } catch {
      return value;
    }
  };
  return {
    eval: async (script, keys, args) => parse(await client.eval(script, keys.length, keys, args)),
    evalsha: async (sha, keys, args) => parse(await client.evalsha(sha, keys.length, keys, args)),
  };
}

/** Makes a client of each kind that is connected to a port. Returns it, and what closes it. */
export const CLIENTS = {
  async redis(port) {
    const client = silence(
      createClient({ socket: { port, reconnectStrategy: () => 50 }, commandOptions: { timeout: 30_000 } }),
    );
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async ioredis(port) {
    const client = silence(new IoRedis(port, { retryStrategy: () => 50 }));
    return { client, close: () => client.disconnect() };
  },
  async iovalkey(port) {
    const client = silence(new IoValkey(port, { retryStrategy: () => 50 }));
    return { client, close: () => client.disconnect() };
  },
  async 'a client without connections'(port) {
    const client = silence(new IoRedis(port));
    return { client: rest(client), close: () => client.disconnect() };
  },
  async 'a function'(port) {
    const client = silence(new IoRedis(port));
    return { client: ([name, ...words]) => client.call(name, words), close: () => client.disconnect() };
  },
};
