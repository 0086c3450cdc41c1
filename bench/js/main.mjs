// Keylatch against Map and other caches, in time, in hits, in memory and in size. See options.mjs for the command line.

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { runInBrowser } from './browser/run.mjs';
import { judge } from './budgets.mjs';
import { CASES, MATRIX, MEMORY } from './cases.mjs';
import { drawCharts } from './charts/draw.mjs';
import { versions } from './contenders.mjs';
import { judgeCosts } from './costs/budgets.mjs';
import { costCases } from './costs/cases.mjs';
import { measureCosts } from './costs/run.mjs';
import { inChild } from './in-child.mjs';
import { HITS, WAITERS } from './loads/cases.mjs';
import { PACKAGES } from './loads/contenders.mjs';
import { hitHead, hitTable, waitersTable } from './loads/report.mjs';
import { readOptions, refuse } from './options.mjs';
import { judgeRatios } from './ratios/budgets.mjs';
import { replayAll } from './ratios/run.mjs';
import { head, line, memoryHead, memoryTable, summarize, summary, verdicts } from './report.mjs';
import { requestsHead, requestsTable } from './requests/report.mjs';
import { timeCase } from './time.mjs';
import { wrap } from './wrap.mjs';

/**
 * Rounds of each case; see measure.mjs. The default run has several processes a case: V8 compiles the same code
 * differently at times. `checked` is up to which size the answers are checked one by one; each round that is timed counts
 * its hits anyway.
 */
const PLANS = {
  quick: { processes: 1, warmups: 3, rounds: 10, fewest: 4, patience: 1_000, checked: 10_000 },
  full: { processes: 3, warmups: 4, rounds: 16, fewest: 6, patience: 8_000, checked: 100_000 },
};
/** In a full run the matrix has so many cells that each gets less. */
const OF_MATRIX = { processes: 2, rounds: 12, fewest: 4, patience: 4_000 };

const options = readOptions();
const plan = options.quick ? PLANS.quick : PLANS.full;
const isWanted = ({ name }) => name.includes(options.only);
const hasMatrix = options.browser === undefined && (!options.quick || options.only.startsWith('matrix'));
const cases = [...CASES, ...(hasMatrix ? MATRIX : [])].filter(isWanted);
const hits = HITS.filter(isWanted);
const requests = options.requests.filter(isWanted);
const streams = options.streams.filter(isWanted);
const costs = costCases(options.quick).filter(isWanted);
const hasMemory = MEMORY.includes(options.only);
const hasWaiters = WAITERS.name.includes(options.only);
const others = hits.length + requests.length + streams.length + costs.length + Number(hasMemory) + Number(hasWaiters);
if (cases.length === 0 && (options.browser || others === 0)) refuse(`no case has "${options.only}" in its name`);

try {
  const found = await (options.browser ? runInBrowser(options.browser, cases, plan, aboutRun()) : run());
  if (options.json) writeFileSync(options.json, `${JSON.stringify(found, null, 2)}\n`);
  if (options.charts) console.log(`\nCharts: ${drawCharts(found, options.charts).join(', ')}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** What is compared, and where; printed first. */
function aboutRun() {
  const isReadThrough = !options.browser && (hits.length > 0 || costs.some(({ kind }) => kind === 'size'));
  const about = { versions: versions(isReadThrough ? PACKAGES : []), cpu: cpus()[0]?.model.trim(), plan };
  console.log(wrap(`${Object.entries(about.versions).flat().join(' ')}; ${about.cpu}`));
  return about;
}

/** Checks, measures, reports. */
async function run() {
  const about = aboutRun();
  const { rows, groups } = await timeCases();
  const replays = await timeEach(requests, requestsHead, requestsTable);
  const loads = await measureLoads();
  const replayed = await replayAll(streams, inChild);
  const memory = await watchMemory();
  const spent = await measureCosts(costs, inChild);
  const budgets = [...judge([...rows, ...loads.hits]), ...judgeRatios(replayed), ...judgeCosts(spent)];
  console.log(`\n${verdicts(budgets)}`);
  return { ...about, rows, groups, replays, loads, ...replayed, memory, costs: spent, budgets };
}

/** Times the operations. */
async function timeCases() {
  const rows = [];
  if (cases.length > 0) {
    await inChild({ checks: { name: 'check', cases, largest: plan.checked } });
    console.log(`\n${head()}`);
  }
  for (const spec of cases) {
    const own = MATRIX.includes(spec) && !options.quick ? { ...plan, ...OF_MATRIX } : plan;
    rows.push(await timeCase(spec, own, inChild));
    console.log(line(rows.at(-1)));
  }
  const groups = summarize(rows);
  if (cases.length > 0) console.log(`\n${summary(groups)}`);
  return { rows, groups };
}

/** Measures what loads cost. */
async function measureLoads() {
  const timed = await timeEach(hits, hitHead, hitTable);
  const waiters = hasWaiters ? await inChild({ waiters: WAITERS }) : undefined;
  if (waiters !== undefined) console.log(`\n${waitersTable(waiters)}`);
  return { hits: timed, waiters };
}

/** Times these cases, each with a table of its own. */
async function timeEach(specs, head, table) {
  if (specs.length > 0) console.log(`\n${head()}`);
  const timed = [];
  for (const spec of specs) {
    timed.push(await timeCase(spec, plan, inChild));
    console.log(`\n${table(timed.at(-1))}`);
  }
  return timed;
}

/** Looks whether memory stays flat. */
async function watchMemory() {
  const memory = [];
  for (const ttl of hasMemory ? [false, true] : []) {
    const sets = options.quick ? 1_000_000 : cases.length === 0 ? 100_000_000 : 10_000_000;
    console.log(`\n${memoryHead({ sets, ttl })}`);
    memory.push(await inChild({ memory: { sets, ttl } }));
    console.log(memoryTable(memory.at(-1)));
  }
  return memory;
}
