// What is promised of costs, and whether it holds.

import { SUBJECT } from '../contenders.mjs';
import { bytesOf } from './report.mjs';

/** Whose heap is the measure. */
const PEER = 'lru-cache';

/**
 * The budgets. `cell` finds in a cost what is bounded, or undefined where it is about something else; `also` has a few words
 * on what stands beside it.
 */
export const BUDGETS = [
  {
    name: 'l',
    text: 'policy metadata <= 30 bytes an entry',
    // Where entries expire there are two moments more, which are not the policy's.
    cell: ({ spec, result }) => (spec.kind === 'heap' && !spec.ttl ? result[SUBJECT].wasm : undefined),
    most: 30,
    show: (bytes) => `${bytes.toFixed(1)} bytes`,
    also: (costs) =>
      costs
        .filter(({ spec }) => spec.kind === 'heap' && spec.ttl)
        .map(({ result }) => `with ttl ${result[SUBJECT].wasm.toFixed(1)}`),
  },
  {
    name: 'm',
    text: 'all of it, gzipped <= 20 kB',
    cell: ({ spec, result }) => (spec.kind === 'size' ? result.files.all : undefined),
    most: 20_000,
    show: (bytes) => `${bytes.toLocaleString('en')} bytes`,
  },
  {
    name: 'n',
    text: 'the core alone (the module), gzipped <= 12 kB',
    cell: ({ spec, result }) => (spec.kind === 'size' ? result.files.module : undefined),
    most: 12_000,
    show: (bytes) => `${bytes.toLocaleString('en')} bytes`,
  },
  {
    name: 'o',
    text: 'import to first hit, Node <= 5 ms',
    cell: ({ spec, result }) => (spec.kind === 'start' ? result[SUBJECT].milliseconds[1] : undefined),
    most: 5,
    show: (milliseconds) => `${milliseconds.toFixed(1)} ms`,
    also: (costs) =>
      costs
        .filter(({ spec }) => spec.kind === 'start')
        .map(({ result }) => `${PEER} ${result[PEER].milliseconds[1].toFixed(1)}`),
  },
  {
    name: 'p',
    text: "heap an entry above key and value <= lru-cache's",
    cell: ({ spec, result }) =>
      spec.kind === 'heap' && PEER in result ? ratioOf(result, ({ heap }) => heap) : undefined,
    most: 1,
    show: (ratio) => `${ratio.toFixed(3)} x`,
    // What moves out of the heap is still memory.
    also(costs) {
      const about = costs.filter(({ spec, result }) => spec.kind === 'heap' && PEER in result);
      const ratios = about.map(
        ({ spec, result }) => `${ratioOf(result, bytesOf).toFixed(2)} x${spec.ttl ? ' (ttl)' : ''}`,
      );
      return [`with buffers and wasm ${ratios.join(', ')}`];
    },
  },
];

const ratioOf = (result, bytes) => bytes(result[SUBJECT]) / bytes(result[PEER]);

/** Judges each budget, with a `detail` in words. Those whose costs were not measured have no verdict. */
export function judgeCosts(costs) {
  return BUDGETS.map(({ name, text, cell, most, show, also }) => {
    const values = costs.map((cost) => ({ cell: cost.spec.name, value: cell(cost) }));
    const cells = values.filter(({ value }) => value !== undefined);
    if (cells.length === 0) return { name, text, cells: 0 };
    const missed = cells.filter(({ value }) => value > most);
    const worst = cells.reduce((worst, each) => (worst.value >= each.value ? worst : each));
    const which = cells.length > 1 ? ` at worst (${worst.cell}), ${missed.length} of ${cells.length} cells missed` : '';
    const beside = also?.(costs) ?? [];
    const detail = [`${show(worst.value)}${which}`, ...beside].join('; ');
    return { name, text, cells: cells.length, met: missed.length === 0, worst, missed, detail };
  });
}
