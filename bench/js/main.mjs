// Keylatch against Map and other caches, in time, in hits, in memory and in size. See options.mjs for the command line.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { BROWSERS, openPages } from './browser/open.mjs';
import { judge, verdicts } from './budgets.mjs';
import { drawCharts } from './charts/draw.mjs';
import { costs } from './costs/section.mjs';
import { hits } from './hits/section.mjs';
import { loads } from './loads/section.mjs';
import { KINDS, USAGE } from './options.mjs';
import { ratios, sizedRatios } from './ratios/section.mjs';
import { requests } from './requests/section.mjs';
import { inChild } from './tools/child.mjs';
import { readCommandLine } from './tools/command-line.mjs';
import { CACHES, READ_THROUGH, versionsOf } from './tools/versions.mjs';

/**
 * What is measured, in this order. A section has a list of `cases`; `about`, which says what its tables are about;
 * `measure`, which has a process or a page do the work of a case; `show`, which prints it; and maybe a `summary`.
 */
const SECTIONS = [hits, requests, loads, ratios, sizedRatios, costs];

/** Rounds of each case; see tools/rounds.mjs. A full run has several processes a case: V8 compiles differently at times. */
const PLANS = {
  smoke: { processes: 1, warmups: 0, rounds: 2, fewest: 2, patience: 0 },
  quick: { processes: 1, warmups: 3, rounds: 10, fewest: 4, patience: 1_000 },
  full: { processes: 3, warmups: 4, rounds: 16, fewest: 6, patience: 8_000 },
};

const { options, refuse } = readCommandLine(USAGE, KINDS);
const plan = PLANS[options.smoke ? 'smoke' : options.quick ? 'quick' : 'full'];
const wanted = wantedSections();
if (wanted.length === 0) refuse(`no case has "${options.only}" in its name`);
try {
  const found = await run();
  if (options.json) writeFileSync(options.json, `${JSON.stringify(found, null, 2)}\n`);
  if (options.charts) console.log(`\nCharts: ${(await drawCharts(found, options.charts)).join(', ')}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** The sections with cases that the command line asks for. */
function wantedSections() {
  try {
    if (options.browser && !(options.browser in BROWSERS)) refuse(`no such browser: ${options.browser}`);
    if (options.charts !== undefined) mkdirSync(options.charts, { recursive: true });
    const scope = { ...options, quick: options.quick || options.smoke };
    const sections = (options.browser ? [hits] : SECTIONS).map((section) => {
      return { ...section, specs: section.cases(scope).filter(({ name }) => name.includes(options.only)) };
    });
    return sections.filter(({ specs }) => specs.length > 0);
  } catch (error) {
    return refuse(error.message);
  }
}

/** Measures, and prints. */
async function run() {
  const { node, v8 } = process.versions;
  const versions = { node, v8, ...versionsOf(options.browser ? CACHES : [...CACHES, ...READ_THROUGH]) };
  const found = { versions, cpu: cpus()[0]?.model.trim(), plan };
  console.log(`${Object.entries(versions).flat().join(' ')}; ${found.cpu}`);
  const { browser, work, close } = options.browser ? await openPages(options.browser) : { work: inChild };
  if (browser) console.log(`in ${browser.name} ${browser.version}, headless`);
  try {
    for (const { name, specs, about, measure, show, summary } of wanted) {
      console.log(`\n${about}`);
      const results = (found[name] = []);
      for (const spec of specs) {
        results.push(await measure(spec, plan, work));
        console.log(show(results.at(-1)));
      }
      if (summary) console.log(`\n${summary(results)}`);
    }
  } finally {
    await close?.();
  }
  const budgets = judge(found);
  console.log(`\n${verdicts(budgets)}`);
  return { ...found, browser, budgets };
}
