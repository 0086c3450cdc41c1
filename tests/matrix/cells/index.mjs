// All cells, in the order of the tables. A cell has `where` and `how` for the reader, and `run`, which returns how many
// tests have passed and what has failed.

import { cells as bundlers } from './bundlers.mjs';
import { cells as documents } from './documents.mjs';
import { cells as next } from './next.mjs';
import { cells as pages } from './pages.mjs';
import { cells as runners } from './runners.mjs';
import { cells as suite } from './suite.mjs';

import { cells as workers } from './workers.mjs';

export const CELLS = { ...suite, ...pages, ...bundlers, ...next, ...runners, ...workers, ...documents };
