// Which request streams are timed: a list of cases, as plain data.

import { SEED } from '../ratios/seeded.mjs';
import { listTraces } from '../ratios/traces.mjs';

/** Part of the name of each case. */
const GROUP = 'replay';

/** Requests of a stream; a longer trace ends there. */
const LENGTH = { quick: 250_000, full: 1_000_000 };

/** The stream made by code, and entries of its cache. */
const SEEDED = { stream: 'zipf 1.0', size: 10_000 };

/** Traces, where they are there, and entries of their caches. */
const TRACES = [
  { stream: 'web12', size: 1_200 },
  { stream: 'orm-busy', size: 2_500 },
];

/**
 * The seeded stream, and those of the traces that this folder has.
 *
 * @throws The folder has no traces.
 */
export function requestCases(folder, isQuick) {
  const length = isQuick ? LENGTH.quick : LENGTH.full;
  const files = new Map((folder === undefined ? [] : listTraces(folder)).map(({ stream, file }) => [stream, file]));
  const traces = TRACES.filter(({ stream }) => files.has(stream));
  return [{ ...SEEDED, seed: SEED }, ...traces.map((each) => ({ ...each, file: files.get(each.stream) }))].map(
    (each) => ({
      name: `${GROUP} ${each.stream} ${each.size.toLocaleString('en')}`,
      op: 'replay',
      ttl: false,
      length,
      ...each,
    }),
  );
}
