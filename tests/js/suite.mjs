// The Aries part of the package's suite, with the classes of the crate's feature `js`.
//
// The tests are those of the npm package, unmodified. Those that can't be run are in one table, with the reason.

import * as keylatch from 'keylatch';
import { runAll } from '../package/suite/harness.mjs';
import { tests } from '../package/suite/index.mjs';

/** The files that are run with these classes alone. */
const ALONE = ['aries', 'aries-in-memory', 'aries-stores', 'aries-subclasses', 'locks', 'lock-interface', 'lock-turns'];

/** Files and tests that compare these classes with `Cache` of the npm package, which they get besides. */
const COMPARED = [
  'validation',
  'bad input: arguments of the Aries classes',
  'undefined options: of InMemoryCache are as if they were missing',
  'signals: locks of an InMemoryCache with one signal: one listener, and none once they are over',
  'signals: locks of an InMemoryCache: all of them end when their signal aborts, and leave no listener',
];

/** Files and tests that can't be run, by the reason. `docs/rust-js.md` has the same differences. */
const ABSENT = {
  'there is no BaseCache: stores are written in Rust': [
    'aries-stores',
    'aries-subclasses',
    'aries: a subclass over a Map gets its locks',
    'aries: a cache of another one',
    'aries in memory: a namespace is a BaseCache, and to close it is to empty it',
    'aries in memory: close of a subclass of BaseCache ends its locks; the store is its own',
    'locks: a store that fails leaves no dead key',
    'lock interface: a lock knows its cache: a subclass of BaseCache',
    'lock interface: release(key) takes the turn from whoever holds it: a subclass of BaseCache',
    'lock interface: fail has all that wait fail at once, and who comes later begins afresh: a subclass of BaseCache',
    'lock interface: who comes before the holder has left has its result from it: a subclass of BaseCache',
    'lock interface: what a cache and a lock are when they are printed or awaited',
  ],
  'it is about Cache of the npm package, which a Rust program has in Rust': [
    'aries in memory: what is set together expires together',
    'lock interface: a lock knows its cache: Cache',
    'lock interface: a lock knows its cache: Namespace',
    'lock interface: release(key) takes the turn from whoever holds it: Cache',
    'lock interface: release(key) takes the turn from whoever holds it: Namespace',
    'lock interface: release(key) of a load: its caller has the value, and the next one loads',
    'lock interface: fail has all that wait fail at once, and who comes later begins afresh: Cache',
    'lock interface: fail has all that wait fail at once, and who comes later begins afresh: Namespace',
    'lock interface: who comes before the holder has left has its result from it: Cache',
    'lock interface: who comes before the holder has left has its result from it: Namespace',
    'lock interface: a load that waits for a lock that fails has its error',
    'turns of locks: work that takes longer than its lease is done a few times, and stored',
    'turns of locks: each turn that is lost doubles the next lease, up to 32 times, until there is a result',
    'validation: negativeTtl: the same everywhere',
    'validation: hardTimeout: the same everywhere',
    'validation: swr: the same everywhere',
    'validation: retry: the same everywhere',
  ],
  'there are no options isolate, events, allowStale and updateAgeOnGet': [
    'aries: takes the options of a cache, with its ttl in seconds',
    'aries in memory: its locks are counted and told of',
    'validation: allowStale: the same everywhere',
    'validation: updateAgeOnGet: the same everywhere',
  ],
  'the cache is the Rust program’s: that closes it, and writes and reads its dumps': [
    'aries in memory: close ends the cache, its namespaces and its locks',
    'aries in memory: asyncDispose ends the cache, its namespaces and its locks',
    'aries in memory: dump and load',
  ],
  'locks use the Rust cache, and no method that a subclass has overridden': [
    'aries in memory: a subclass that overrides get and set has its locks go by them',
  ],
  'an object is a number to JavaScript: it shows nothing, and a cache may have several': [
    'aries in memory: a log, JSON and a comparison show which cache it is, and no value',
    'lock interface: a lock knows its cache: InMemoryCache',
    'lock interface: a lock knows its cache: a namespace in memory',
  ],
};

const isNamed = (names, { file, name }) => names.includes(file) || names.includes(name);
// The symbol has another name where the runtime has none of its own.
const all = tests.map((test) => ({ ...test, name: test.name.replace(/Symbol\(.*\.asyncDispose\)/, 'asyncDispose') }));

/** The tests that can't be run, each with the reason. */
export const absent = Object.entries(ABSENT).flatMap(([reason, names]) =>
  all.filter((test) => isNamed(names, test)).map(({ name }) => ({ name, reason })),
);

/** Names in the tables that no file or test has. */
const unknown = [...ALONE, ...COMPARED, ...Object.values(ABSENT).flat()].filter(
  (name) => !all.some((test) => isNamed([name], test)),
);

/**
 * Runs the tests.
 *
 * @param classes What the package of wasm-pack's exports.
 */
export async function run(classes, options) {
  const isPresent = ({ name }) => !absent.some((test) => test.name === name);
  const of = (names) => all.filter((test) => isNamed(names, test) && isPresent(test));
  const { CacheError } = keylatch;
  const alone = await runAll(of(ALONE), { ...classes, CacheError, seed: 0 }, options);
  const compared = await runAll(of(COMPARED), { ...keylatch, ...classes, seed: 0 }, options);
  const missing = unknown.map((name) => ({ name, error: 'no file and no test has this name' }));
  return { passed: alone.passed + compared.passed, failures: [...alone.failures, ...compared.failures, ...missing] };
}
