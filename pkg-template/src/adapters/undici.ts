// A cache as the store of undici's HTTP cache.

import { Writable } from 'node:stream';
import type { Cache } from 'keylatch';
import type { cacheStores } from 'undici';

/** The same interface as that of undici's own stores. */
type Store = InstanceType<(typeof cacheStores)['MemoryCacheStore']>;
type CacheKey = Parameters<Store['get']>[0];
type CacheValue = Parameters<Store['createWriteStream']>[1];
type GetResult = Exclude<Awaited<ReturnType<Store['get']>>, undefined>;

/** A response to one kind of request: a method, with the headers that `vary` names. */
export interface UndiciResponse extends CacheValue {
  readonly method: string;
  readonly body: Buffer[];
}

/** What the headers of a request have to be, for a response to answer it. */
const fits = ({ vary, method, deleteAt }: UndiciResponse, { method: asked, headers }: CacheKey): boolean =>
  method === asked &&
  deleteAt > Date.now() &&
  Object.entries(vary ?? {}).every(([name, value]) => String(headers?.[name] ?? '') === String(value ?? ''));

/**
 * A store for `interceptors.cache` of undici. A response leaves when it may not be used any more, even revalidated, and
 * what is asked for rarely leaves first. A response that comes in while its address is invalidated isn't stored.
 *
 * @example
 * const cache = new Cache({ maxSize: 100_000_000 });
 * const agent = new Agent().compose(interceptors.cache({ store: new UndiciStore(cache) }));
 */
export class UndiciStore implements Store {
  readonly #cache: Cache<string, readonly UndiciResponse[]>;
  readonly #maxBody: number;
  /** The addresses of the responses that are coming in. */
  readonly #coming = new Set<{ address: string | undefined }>();

  /**
   * @param cache Holds the responses of each address. `maxSize` counts their bytes.
   * @param maxBody The most bytes of a body; a longer one isn't stored.
   */
  constructor(cache: Cache<string, readonly UndiciResponse[]>, maxBody = 5_242_880) {
    this.#cache = cache;
    this.#maxBody = maxBody;
  }

  /** The response to a request, or `undefined`. */
  get(key: CacheKey): GetResult | undefined {
    const found = this.#cache.get(addressOf(key))?.find((each) => fits(each, key));
    if (found === undefined) return undefined;
    const { method, ...response } = found;
    return response as GetResult;
  }

  /** Takes a response as it comes in, and stores it when it is whole. */
  createWriteStream(key: CacheKey, value: CacheValue): Writable {
    const cache = this.#cache;
    const coming = { address: addressOf(key) as string | undefined };
    const response = { ...value, method: key.method, body: [] as Buffer[] };
    let left = this.#maxBody;
    this.#coming.add(coming);
    return new Writable({
      write(chunk: Buffer | string, encoding, done) {
        const bytes = Buffer.from(chunk as string, encoding);
        left -= bytes.length;
        response.body.push(bytes);
        if (left >= 0) done();
        else (this.destroy(), done());
      },
      final(done) {
        const { address } = coming;
        if (address !== undefined) {
          const others = (cache.peek(address) ?? []).filter((each) => !fits(each, key) && each.deleteAt > Date.now());
          const all = [...others, response];
          cache.set(address, all, { expires: Math.max(...all.map(({ deleteAt }) => deleteAt)) });
        }
        done();
      },
      destroy: (error, done) => {
        this.#coming.delete(coming);
        done(error);
      },
    });
  }

  /** Removes all responses of an address. */
  delete(key: CacheKey): void {
    const address = addressOf(key);
    for (const coming of this.#coming) if (coming.address === address) coming.address = undefined;
    this.#cache.delete(address);
  }
}

const addressOf = ({ origin, path }: CacheKey): string => `${origin}:${path}`;
