// What is printed of hit ratios where sizes bound the cache.

import { SUBJECT } from '../../contenders.mjs';
import { about, comparison } from '../report.mjs';
import { grouped, meansTable, sizesTable } from '../table.mjs';
import { inUnit } from './views.mjs';

const BEST = 'BeladySize';

/** What the tables are about. */
export function sizedHead() {
  return [
    'Hit ratios by bytes: caches that are bounded by the sizes of their objects. Percent of the requests and percent of',
    `the bytes; in parentheses the share of ${BEST}, which knows the future, and whose victim is the object with`,
    `the largest product of its size and the time until its next use. ${SUBJECT} has its default policy there.`,
  ].join('\n');
}

/** One stream, in requests and in bytes. */
export function sizedTable(result) {
  const { stream, check, uniqueBytes } = result;
  return [
    `${stream}, by bytes: ${[...about(result), `${grouped(uniqueBytes)} bytes`].join(', ')}`,
    '  hits of requests',
    ...sizesTable(inUnit(result, 'objects'), { unit: 'bytes of room', best: BEST }),
    '  hits of bytes',
    ...sizesTable(inUnit(result, 'bytes'), { unit: 'bytes of room', best: BEST }),
    ...comparison({ stream, check, who: `lru-cache and, to a quarter of a point, ${BEST}` }),
  ].join('\n');
}

/** The means of the streams, and the mean of these. */
export function sizedSummary(streams) {
  return [
    `By bytes: share of the requests that ${BEST} hits, mean of the sizes; overall, the mean of these.`,
    '',
    ...meansTable(streams.map((result) => inUnit(result, 'objects'))),
    '',
    `By bytes: share of the bytes that ${BEST} hits.`,
    '',
    ...meansTable(streams.map((result) => inUnit(result, 'bytes'))),
  ].join('\n');
}
