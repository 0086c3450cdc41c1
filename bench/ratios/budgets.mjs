// What is promised of hit ratios, and whether it holds.

import { SUBJECT } from '../contenders.mjs';
import { overallShare, shareOf } from './shares.mjs';

/** Who stands for LRU. */
const LRU = 'lru-cache';

/** Below it a cell says little: one key more or less is much of such a cache. */
const FEWEST = 100;

const TRACES = { name: 'f', text: "hit ratio >= 0.835 of OPT (mean of the streams' means)", least: 0.835 };
const UNDER = { name: 'g', text: `never more than 3 points under LRU in a cell of ${FEWEST} entries or more`, most: 3 };
const LOOPS = { name: 'h', text: 'seeded loops >= 0.9 of OPT', least: 0.9, stream: 'loop' };

/** Judges each budget, with a `detail` in words. Those whose streams were not replayed have no verdict. */
export function judgeRatios(streams) {
  return [judgeTraces(streams.filter(({ isTrace }) => isTrace)), judgeUnder(streams), judgeLoops(streams)];
}

function judgeTraces(traces) {
  const { name, text, least } = TRACES;
  if (traces.length === 0) return { name, text, cells: 0 };
  const share = overallShare(traces, SUBJECT);
  const cells = cellsOf(traces);
  const cut = traces.filter(({ isCut }) => isCut);
  const parts = [counted(traces, 'trace'), counted(cells, 'cell'), ...(cut.length > 0 ? [`${cut.length} cut`] : [])];
  const detail = `${share.toFixed(4)} (${parts.join(', ')})`;
  return { name, text, cells: cells.length, share, met: share >= least, detail };
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
  const cells = cellsOf(streams.filter(({ isTrace, stream }) => !isTrace && stream === LOOPS.stream));
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
