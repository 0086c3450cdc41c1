// What is promised of hit ratios, and whether it holds.

import { SUBJECT } from '../contenders.mjs';
import { inUnit } from './bytes/views.mjs';
import { overallShare, shareOf } from './shares.mjs';

/** Who stands for LRU. */
const LRU = 'lru-cache';

/** Below it a cell says little: one key more or less is much of such a cache. */
const FEWEST = 100;

const TRACES = { name: 'f', text: "hit ratio >= 0.835 of OPT (mean of the streams' means)", least: 0.835 };
const UNDER = { name: 'g', text: `never more than 3 points under LRU in a cell of ${FEWEST} entries or more`, most: 3 };
const LOOPS = { name: 'h', text: 'seeded loops >= 0.9 of OPT', least: 0.9, stream: 'loop' };
const SIZED = {
  name: 'i',
  text: "by bytes: >= 0.83 of BeladySize's object hits (mean of the traces' means)",
  least: 0.83,
};
/** The bound is computed here; the reference has one of its own, a little lower. */
const BOUND = 'BeladySize';

/**
 * Judges each budget, with a `detail` in words. Those whose streams were not replayed have no verdict.
 *
 * @param ratios The streams that were replayed without sizes.
 * @param sized Those that were replayed with them.
 */
export function judgeRatios({ ratios, sized }) {
  return [
    judgeTraces(ratios.filter(({ isTrace }) => isTrace)),
    judgeUnder(ratios),
    judgeLoops(ratios),
    judgeSized(sized.filter(({ isTrace }) => isTrace)),
  ];
}

function judgeTraces(traces) {
  const { name, text, least } = TRACES;
  if (traces.length === 0) return { name, text, cells: 0 };
  const share = overallShare(traces, SUBJECT);
  const detail = `${share.toFixed(4)} (${extentOf(traces).join(', ')})`;
  return { name, text, cells: cellsOf(traces).length, share, met: verdictOn(traces, share >= least), detail };
}

/** The budgets are about whole traces: of others there is no verdict. */
const verdictOn = (traces, isMet) => (traces.some(({ isCut }) => isCut) ? undefined : isMet);

function judgeSized(traces) {
  const { name, text, least } = SIZED;
  if (traces.length === 0) return { name, text, cells: 0 };
  const objects = traces.map((result) => inUnit(result, 'objects'));
  const share = overallShare(objects, SUBJECT);
  const known = share / overallShare(objects, BOUND);
  const parts = [...extentOf(traces), ...(Number.isNaN(known) ? [] : [`${known.toFixed(4)} of the reference's`])];
  const detail = `${share.toFixed(4)} (${parts.join(', ')})`;
  return { name, text, cells: cellsOf(traces).length, share, met: verdictOn(traces, share >= least), detail };
}

/** How much was replayed. */
function extentOf(traces) {
  const cut = traces.filter(({ isCut }) => isCut);
  const parts = [counted(traces, 'trace'), counted(cellsOf(traces), 'cell')];
  return cut.length > 0 ? [...parts, `${cut.length} cut`] : parts;
}

function judgeUnder(streams) {
  const cells = cellsOf(streams).filter(({ size }) => size >= FEWEST);
  const points = cells.map((cell) => ({ ...cell, points: 100 * (cell.ratios[LRU] - cell.ratios[SUBJECT]) }));
  const sorted = points.sort((a, b) => b.points - a.points);
  const missed = sorted.filter(({ points }) => points > UNDER.most);
  return verdict(
    UNDER,
    sorted,
    missed,
    ({ points }) => `${Math.abs(points).toFixed(1)} ${points < 0 ? 'over' : 'under'}`,
  );
}

function judgeLoops(streams) {
  const cells = cellsOf(streams.filter(({ isTrace, stream }) => !isTrace && stream.startsWith(LOOPS.stream)));
  const sorted = cells.map((cell) => ({ ...cell, share: shareOf(cell, SUBJECT) })).sort((a, b) => a.share - b.share);
  const missed = sorted.filter(({ share }) => share < LOOPS.least);
  return verdict(LOOPS, sorted, missed, ({ share }) => share.toFixed(3));
}

/** A verdict on cells that are sorted, the worst first. */
function verdict({ name, text }, sorted, missed, show) {
  if (sorted.length === 0) return { name, text, cells: 0 };
  const shown = (cell) => `${show(cell)} (${cell.stream} ${cell.size})`;
  const detail =
    missed.length === 0
      ? `${show(sorted[0])} at worst (${sorted[0].stream} ${sorted[0].size}), ${counted(sorted, 'cell')}`
      : `${missed.length} of ${counted(sorted, 'cell')}: ${missed.map(shown).join(', ')}`;
  return { name, text, cells: sorted.length, met: missed.length === 0, worst: sorted[0], missed, detail };
}

const cellsOf = (streams) => streams.flatMap(({ stream, cells }) => cells.map((cell) => ({ stream, ...cell })));
const counted = (list, noun) => `${list.length} ${noun}${list.length === 1 ? '' : 's'}`;
