// The adapters are what their libraries take, by the types of those libraries.

import { type DidCache, type DidDocument, IdResolver } from '@atproto/identity';
import type { SimpleStore } from '@atproto-labs/simple-store';
import { type DIDCache, type DIDResolutionResult, Resolver } from 'did-resolver';
import Keyv, { type KeyvStoreAdapter } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { Cache } from 'keylatch';
import { AtprotoDidCache, type AtprotoEntry, CredoCache, didCache, didStore } from 'keylatch/did';
import { KeyvStore, keyv as keyvTier } from 'keylatch/keyv';
import { nextCodec, nextHandler, type NextCacheHandler, type NextResult } from 'keylatch/next';
import { observe, traced } from 'keylatch/otel';
import { type Store, tier } from 'keylatch/tier';
import { UndiciStore } from 'keylatch/undici';
import keylatchDriver from 'keylatch/unstorage';
import { Agent, cacheStores, interceptors } from 'undici';
import { type Driver, createStorage } from 'unstorage';

export const store: KeyvStoreAdapter = new KeyvStore(new Cache({ max: 10 }));
export const keyv = new Keyv<number>({ store: new KeyvStore(new Cache({ max: 10 })) });
export const keyv6 = new Keyv6<number>({ store: new KeyvStore(new Cache({ max: 10 })) });

export const ofKeyv: Store = keyvTier(keyv);
export const tiered = new Cache({ max: 10, tier: tier(keyvTier(new Keyv6())) });
// @ts-expect-error: no Keyv
keyvTier(new Map());

export const responses: InstanceType<(typeof cacheStores)['MemoryCacheStore']> = new UndiciStore(
  new Cache({ max: 10 }),
);
export const agent = new Agent().compose(
  interceptors.cache({ store: new UndiciStore(new Cache({ maxSize: 1e8 }), 1e6) }),
);

const documents = new Cache<string, DIDResolutionResult>({ max: 10, ttl: 1000 });
export const ofDids: DIDCache = didCache(documents);
export const resolver = new Resolver({}, { cache: didCache(documents) });
// @ts-expect-error Its values are something else.
didCache(new Cache<string, number>({ max: 10 }));

export const ofAtproto: DidCache = new AtprotoDidCache(new Cache<string, AtprotoEntry<DidDocument>>({ max: 10 }));
export const identities = new IdResolver({ didCache: new AtprotoDidCache(new Cache({ max: 10 }), 1000, 2000) });
export const handles: SimpleStore<string, string> = didStore(new Cache<string, string>({ max: 10 }));

/** As Credo has it, up to 0.7. */
interface CredoInterface {
  get<CacheValue>(agentContext: AgentContext, key: string): Promise<CacheValue | null>;
  set<CacheValue>(agentContext: AgentContext, key: string, value: CacheValue, expiresInSeconds?: number): Promise<void>;
  remove(agentContext: AgentContext, key: string): Promise<void>;
}
/** The same from 0.8 on. */
interface NewCredoInterface {
  get<CacheValue>(agentContext: AgentContext, key: string, options?: CacheOptions): Promise<CacheValue | null>;
  set<CacheValue>(
    agentContext: AgentContext,
    key: string,
    value: CacheValue,
    expiresInSeconds?: number,
    options?: CacheOptions,
  ): Promise<void>;
  remove(agentContext: AgentContext, key: string, options?: CacheOptions): Promise<void>;
}
interface CacheOptions {
  scope?: 'context' | 'global';
}
interface AgentContext {
  readonly contextCorrelationId: string;
  readonly dependencyManager: object;
}
export const ofCredo: CredoInterface & NewCredoInterface = new CredoCache(new Cache({ max: 10 }));

export const driver: Driver = keylatchDriver({ max: 10, ttl: 1000 });
export const storage = createStorage({ driver: keylatchDriver(new Cache<string, unknown>({ max: 10 })) });

const numbers = new Cache<string, number>({ max: 10 });
export const stop: () => void = observe(numbers, 'numbers');
export const loaded: Promise<number> = numbers.getOrSet(
  'a',
  traced('numbers', ({ key }) => key.length, { keys: true }),
);

export const handler: NextCacheHandler = nextHandler(new Cache<string, NextResult>({ maxSize: 50_000_000 }));
const second = tier(keyvTier(new Keyv()), { codec: nextCodec });
export const shared: NextCacheHandler = nextHandler(new Cache<string, NextResult>({ max: 10, tier: second }), second);
