// Sends the milliseconds from before the import of a package to after its first hit: node first-hit.mjs PACKAGE

const [, , name] = process.argv;
const start = performance.now();
const module = await import(name);
const cache = new (module.Cache ?? module.LRUCache)({ max: 1_000 });
cache.set('key', 'value');
const value = cache.get('key');
const taken = performance.now() - start;
if (value !== 'value') throw new Error(`${name} gave a wrong answer`);
process.send(taken);
