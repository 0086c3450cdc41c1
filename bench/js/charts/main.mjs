// Draws the charts of a run anew, from its JSON: node bench/js/charts/main.mjs FILE.json DIR

import { readFileSync } from 'node:fs';
import { drawCharts } from './draw.mjs';

const [file, folder, ...others] = process.argv.slice(2);
if (folder === undefined || others.length > 0) {
  console.error('node bench/js/charts/main.mjs FILE.json DIR\n\nDraws the charts of what `--json FILE.json` has written.');
  process.exit(2);
}
for (const name of drawCharts(JSON.parse(readFileSync(file, 'utf8')), folder)) console.log(name);
