// Draws what a run has found, from the numbers that it writes as JSON.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { latencyCharts } from './latency.mjs';
import { ratioCharts } from './ratios.mjs';

/**
 * Writes a file for each chart into a folder, which is made where there is none.
 *
 * @param run What `--json` writes.
 * @returns The names of the files.
 */
export function drawCharts(run, folder) {
  const charts = [...ratioCharts(run), ...latencyCharts(run)];
  mkdirSync(folder, { recursive: true });
  for (const { file, svg } of charts) writeFileSync(join(folder, file), svg);
  return charts.map(({ file }) => file);
}
