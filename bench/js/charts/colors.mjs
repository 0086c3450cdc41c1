// Who has which colour, the same in all charts. They can be told apart by those who don't see all colours, too.

import { SUBJECT } from '../contenders.mjs';

export const SUBJECT_COLOR = '#0969da';
export const BEST_COLOR = '#6e7781';
export const PEER_COLOR = '#8c959f';
export const FLOOR_COLOR = '#d0d7de';

const LRU_COLOR = '#1f2328';
const OTHERS = ['#d55e00', '#009e73', '#cc79a7', '#b58900', '#56b4e9', '#7f3fbf'];
const DASHES = [undefined, '7 3', '3 3', '9 3 2 3', undefined, '5 2'];

/** How the line of the one that can't be beaten looks. */
export const BEST = { color: BEST_COLOR, dash: '2 4', width: 2 };
export const SUBJECT_LINE = { color: SUBJECT_COLOR, width: 3 };
export const LRU = { color: LRU_COLOR, width: 1.8 };

/** How the line of a known policy looks, by its place in the list of them. */
export const other = (index) => ({
  color: OTHERS[index % OTHERS.length],
  dash: DASHES[index % DASHES.length],
  width: 1.6,
});

/** The colour of a bar. */
export const barColor = (name, floor) => (name === SUBJECT ? SUBJECT_COLOR : name === floor ? FLOOR_COLOR : PEER_COLOR);
