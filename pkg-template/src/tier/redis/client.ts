// The clients, and what each calls its commands.

/** A client of `redis` (node-redis), also for a cluster. It has to be connected. */
export interface NodeRedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  duplicate(): unknown;
}

/** A client of `ioredis` or `iovalkey`, also for a cluster. */
export interface IoRedisClient {
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  evalsha(sha: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  duplicate(): unknown;
}

/** A client without connections, as `@upstash/redis` is one. */
export interface RestRedisClient {
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
  evalsha(sha: string, keys: string[], args: string[]): Promise<unknown>;
}

/** Sends a command, for every other client: `(command) => bun.send(command[0], command.slice(1))`. */
export type SendCommand = (command: string[]) => Promise<unknown>;

/** What {@link redis} takes. */
export type RedisClient = NodeRedisClient | IoRedisClient | RestRedisClient | SendCommand;

/** A connection on which the server answers when there is a change. */
export interface Line {
  listen(after: number, wait: number): Promise<unknown>;
  close(): void;
  /** Closes the connection if nobody listens for a while, so that a program can end. */
  timer?: ReturnType<typeof setTimeout> | undefined;
}

/** Runs a script, known to the server by its hash or not. */
export function run(
  client: RedisClient,
  isHash: boolean,
  script: string,
  keys: string[],
  args: string[],
): Promise<unknown> {
  if (typeof client === 'function') {
    return client([isHash ? 'EVALSHA' : 'EVAL', script, `${keys.length}`, ...keys, ...args]);
  }
  if ('evalSha' in client) return client[isHash ? 'evalSha' : 'eval'](script, { keys, arguments: args });
  const name = isHash ? 'evalsha' : 'eval';
  if (!('duplicate' in client)) return client[name](script, keys, args);
  // The client makes one list of lists. As many arguments of a call would be too many.
  return client[name](script, keys.length, ...([keys, args] as unknown as string[]));
}

/** Opens a connection that listens to a stream. */
export function open(client: { duplicate(options?: object): unknown }, stream: string): Line {
  // The first command is sent before the connection is there, also where the program's own client would refuse that.
  const copy = client.duplicate({ enableOfflineQueue: true }) as {
    on(event: 'error', listener: () => void): void;
    connect(): Promise<unknown>;
    destroy(): void;
    disconnect(): void;
    xRead?(from: { key: string; id: string }, options: { BLOCK: number }): Promise<unknown>;
    xread(...command: string[]): Promise<unknown>;
  };
  // What fails here fails `listen` as well. Without a listener, the client would end the program.
  copy.on('error', () => {});
  if (!copy.xRead) {
    return {
      listen: (after, wait) => copy.xread('BLOCK', `${wait}`, 'STREAMS', stream, `${after}`),
      close: () => copy.disconnect(),
    };
  }
  const connected = copy.connect();
  return {
    listen: async (after, wait) => {
      await connected;
      return copy.xRead!({ key: stream, id: `${after}` }, { BLOCK: wait });
    },
    close: () => {
      try {
        copy.destroy();
      } catch {
        // It has given up by itself.
      }
    },
  };
}
