// The conformance suite for authors of stores: every rule of the contract as a test, for any test runner.

import type { Capabilities } from './store.js';
import { EPOCHS } from './suite/epochs.js';
import { FEED } from './suite/feed.js';
import { FENCE } from './suite/fence.js';
import { Probe } from './suite/probe.js';
import type { Case, Subject } from './suite/probe.js';
import { RECORDS } from './suite/records.js';
import { TURNS } from './suite/turns.js';

export { MemoryStore } from './memory.js';
export type { MemoryClock, MemoryStoreOptions } from './memory.js';
export type { Subject } from './suite/probe.js';

/** A test of the suite. */
export interface StoreCase {
  /** The part of the contract, and the rule: `fence: a load that began before an invalidation is refused`. */
  readonly name: string;
  /** Rejects if the store breaks the rule. */
  run(): Promise<void>;
}

/** Options of {@link storeSuite}. */
export interface StoreSuiteOptions {
  /** What the store can do. Rules about anything else are left out. @default Everything. */
  readonly capabilities?: Partial<Capabilities> | undefined;
  /** After how many milliseconds without an end a test has failed. @default 30_000 */
  readonly limit?: number | undefined;
}

/**
 * The rules of the contract, as tests of a store.
 *
 * @param make Makes an empty store, a new one for each test. Tests may run at the same time.
 *
 * @example
 * for (const { name, run } of storeSuite(make)) test(name, run);
 */
export function storeSuite(make: () => Subject | Promise<Subject>, options: StoreSuiteOptions = {}): StoreCase[] {
  const { capabilities = {}, limit = 30_000 } = options;
  const { fence = true, feed = true, flight = true } = capabilities;
  const parts: [string, boolean, Record<string, Case>][] = [
    ['records', true, RECORDS],
    ['fence', fence, FENCE],
    ['epochs', fence, EPOCHS],
    ['feed', feed, FEED],
    ['turns', flight, TURNS],
  ];
  return parts
    .filter(([, can]) => can)
    .flatMap(([part, , cases]) =>
      Object.entries(cases).map(([rule, test]) => ({
        name: `${part}: ${rule}`,
        run: () => runCase(make, test, limit),
      })),
    );
}

async function runCase(make: () => Subject | Promise<Subject>, test: Case, limit: number): Promise<void> {
  const subject = await make();
  const calls = new Set<AbortController>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${limit} ms`)), limit);
  });
  try {
    await Promise.race([test(new Probe(subject, calls), subject), late]);
  } finally {
    clearTimeout(timer);
    // What still waits in the store ends here.
    for (const call of calls) call.abort(new Error('the test is over'));
    await subject.close?.();
  }
}
