// The second tier as `run.mjs` has made it of its sources, in target/tier.

const load = (name) => import(new URL(`../../target/tier/${name}.mjs`, import.meta.url));
export const { MemoryStore } = await load('memory');
export const { redis } = await load('redis');
export const { storeSuite } = await load('suite');
export const { keyv } = await load('keyv');
export const { nextCodec, nextHandler } = await load('next');
export const { json, text, tier } = await load('tier');
export const { Cache, CacheError, InMemoryCache } = await load('keylatch');
