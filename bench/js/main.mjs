// Keylatch against Map and other caches, in time, in hits, in memory and in size. See options.mjs for the command line.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { openPages } from './browser/open.mjs';
import { judge, verdicts } from './budgets.mjs';
import { drawCharts } from './charts/draw.mjs';
import { PACKAGES } from './contenders.mjs';
import { costs } from './costs/section.mjs';
import { hits } from './hits/section.mjs';
import { PACKAGES as READ_THROUGH } from './loads/contenders.mjs';
import { loads } from './loads/section.mjs';
import { KINDS, USAGE } from './options.mjs';
import { ratios, sizedRatios } from './ratios/section.mjs';
import { requests } from './requests/section.mjs';
import { inChild } from './tools/child.mjs';
import { readCommandLine } from './tools/command-line.mjs';
import { versionsOf } from './tools/versions.mjs';

/**
 * What is measured, in this order. A section has a list of `cases`; `begin`, which says what its tables are about;
 * `measure`, which has a process or a page do the work of a case; `show`, which prints it; and maybe a `summary`.
 */
const SECTIONS = [hits, requests, loads, ratios, sizedRatios, costs];

/**
 * Rounds of each case; see tools/rounds.mjs. The default run has several processes a case, because V8 compiles the same
 * code differently at times.
 */
const PLANS = {
  quick: { processes: 1, warmups: 3, rounds: 10, fewest: 4, patience: 1_000 },
  full: { processes: 3, warmups: 4, rounds: 16, fewest: 6, patience: 8_000 },
};

const { options, refuse } = readCommandLine(USAGE, KINDS);
const plan = options.quick ? PLANS.quick : PLANS.full;
const wanted = [];
try {
  if (![undefined, 'chromium', 'firefox'].includes(options.browser)) refuse(`no such browser: ${options.browser}`);
  if (options.charts !== undefined) mkdirSync(options.charts, { recursive: true });
  for (const section of options.browser ? [hits] : SECTIONS) {
    const cases = section.cases(options).filter(({ name }) => name.includes(options.only));
    if (cases.length > 0) wanted.push({ section, cases });
  }
} catch (error) {
  refuse(error.message);
}
if (wanted.length === 0) refuse(`no case has "${options.only}" in its name`);

try {
  const found = await run();
  if (options.json) writeFileSync(options.json, `${JSON.stringify(found, null, 2)}\n`);
  if (options.charts) console.log(`\nCharts: ${(await drawCharts(found, options.charts)).join(', ')}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** Measures, and prints. */
async function run() {
  const { node, v8 } = process.versions;
  const packages = options.browser ? PACKAGES : [...new Set([...PACKAGES, ...READ_THROUGH])];
  const found = { versions: { node, v8, ...versionsOf(packages) }, cpu: cpus()[0]?.model.trim(), plan };
  console.log(`${Object.entries(found.versions).flat().join(' ')}; ${found.cpu}`);
  const pages = options.browser && (await openPages(options.browser));
  if (pages) {
    found.browser = { name: pages.name, version: pages.version };
    console.log(`in ${pages.name} ${pages.version}, headless`);
  }
  try {
    for (const { section, cases } of wanted) {
      found[section.name] = await runSection(section, cases, pages?.work ?? inChild);
    }
  } finally {
    await pages?.close();
  }
  found.budgets = judge(found);
  console.log(`\n${verdicts(found.budgets)}`);
  return found;
}

async function runSection({ begin, measure, show, summary }, cases, work) {
  console.log(`\n${begin()}`);
  const results = [];
  for (const spec of cases) {
    results.push(await measure(spec, plan, work));
    console.log(show(results.at(-1)));
  }
  if (summary) console.log(`\n${summary(results)}`);
  return results;
}
