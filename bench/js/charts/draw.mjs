// Draws what a run has found. Run by itself, from the JSON of a run: node bench/js/charts/draw.mjs FILE.json DIR

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { latencyCharts } from './latency.mjs';
import { ratioCharts } from './ratios.mjs';

/** Writes a file for each chart of a run into a folder, and returns their names. */
export async function drawCharts(run, folder) {
  const charts = [...ratioCharts(run), ...latencyCharts(run)];
  mkdirSync(folder, { recursive: true });
  for (const { file, svg } of charts) writeFileSync(join(folder, file), await svg);
  return charts.map(({ file }) => file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, folder] = process.argv.slice(2);
  for (const name of await drawCharts(JSON.parse(readFileSync(file, 'utf8')), folder)) console.log(name);
}
