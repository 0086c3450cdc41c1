// Keylatch against Map and other caches, in time and in hits:
// node --expose-gc bench/main.mjs [--quick] [--only WORD] [--traces DIR] [--browser NAME] [--json FILE] [--charts DIR]

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BROWSERS } from './browser/open.mjs';
import { runInBrowser } from './browser/run.mjs';
import { judge } from './budgets.mjs';
import { CASES, MEMORY } from './cases.mjs';
import { drawCharts } from './charts/draw.mjs';
import { check } from './check.mjs';
import { versions } from './contenders.mjs';
import { HITS, WAITERS } from './loads/cases.mjs';
import { PACKAGES } from './loads/contenders.mjs';
import { hitHead, hitTable, waitersTable } from './loads/report.mjs';
import { judgeRatios } from './ratios/budgets.mjs';
import { streamCases } from './ratios/cases.mjs';
import { replayAll } from './ratios/run.mjs';
import { head, line, memoryHead, memoryTable, summarize, summary, verdicts } from './report.mjs';
import { timeCase } from './time.mjs';

const USAGE = `node --expose-gc bench/main.mjs [--quick] [--only WORD] [--traces DIR] [--browser NAME] [--json FILE]
                                 [--charts DIR]

  --quick       fewer rounds and shorter streams: a minute and a half instead of seven or eight, and less exact
  --only WORD   only the cases with this word in their name, as in "hit", "evict fresh", "100k", "memory", "loads",
                "ratios", "ratios loop", "ratios bytes"
  --traces DIR  replays the traces in this folder for the hit ratios, instead of streams made by code; by default the
                folder that the environment variable KEYLATCH_TRACES names
  --browser NAME
                times hit, miss, set and evict in a headless browser instead, and measures nothing else:
                ${BROWSERS.join(' or ')}, whose path is in the environment variable of that name in capitals
  --json FILE   writes all numbers to a file as well
  --charts DIR  draws charts into this folder: hit ratios over the size of the cache, and times; they can be drawn anew
                from the JSON, with node bench/charts/main.mjs FILE DIR
  --help        this text

A trace is a file NAME.u32.gz: a little-endian u32 for each request, the number of its key. If the folder has a
reference.csv (columns trace,max_entries,policy,hit_ratio), the sizes of the caches are those in it, the ratios of its
policies OPT and LRU have to come out, and those of its other policies are shown beside the measured ones; without it
the sizes are 1, 2, 5, 10 and 25 % of the distinct keys.

A trace with a file NAME.size.u32.gz, a u32 with the bytes of each request's object, is replayed in caches bounded by
bytes too. For these it is reference_bytes.csv (columns trace,max_bytes,policy,object_hit_ratio,byte_hit_ratio), and
without it 0.5, 2, 5, 10 and 25 % of the distinct objects' bytes.

The memory check sets 10 million keys; alone, with --only memory, 100 million; with --quick, 1 million. Each of these
without and with ttl.

It measures, it does not judge: missed budgets leave the exit code at 0. A wrong answer makes it 1, a wrong option 2.`;

/**
 * Rounds of each case; see measure.mjs. The default run has several processes a case: V8 compiles the same code
 * differently at times.
 */
const PLANS = {
  quick: { processes: 1, warmups: 3, rounds: 10, fewest: 4, patience: 1_500 },
  full: { processes: 3, warmups: 4, rounds: 16, fewest: 6, patience: 8_000 },
};

const child = fileURLToPath(new URL('child.mjs', import.meta.url));
const options = readOptions();
const plan = options.quick ? PLANS.quick : PLANS.full;
const cases = CASES.filter(({ name }) => name.includes(options.only));
const hits = options.browser ? [] : HITS.filter(({ name }) => name.includes(options.only));
const hasMemory = MEMORY.includes(options.only);
const hasWaiters = WAITERS.name.includes(options.only);
const { streams } = options;
const hasMore = hits.length + streams.length > 0 || hasMemory || hasWaiters;
if (cases.length === 0 && (options.browser || !hasMore)) refuse(`no case has "${options.only}" in its name`);

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
  const about = { versions: versions(hits.length > 0 ? PACKAGES : []), cpu: cpus()[0]?.model.trim(), plan };
  console.log(`${Object.entries(about.versions).flat().join(' ')}; ${about.cpu}`);
  return about;
}

/** Checks, measures, reports. */
async function run() {
  const about = aboutRun();
  check(cases);
  const rows = [];
  if (cases.length > 0) console.log(`\n${head()}`);
  for (const spec of cases) {
    rows.push(await timeCase(spec, plan, inChild));
    console.log(line(rows.at(-1)));
  }
  const groups = summarize(rows);
  if (cases.length > 0) console.log(`\n${summary(groups)}`);
  const loads = await measureLoads();
  const replayed = await replayAll(streams, inChild);
  const memory = [];
  for (const ttl of hasMemory ? [false, true] : []) {
    const sets = options.quick ? 1_000_000 : cases.length === 0 ? 100_000_000 : 10_000_000;
    console.log(`\n${memoryHead({ sets, ttl })}`);
    memory.push(await inChild({ memory: { sets, ttl } }));
    console.log(memoryTable(memory.at(-1)));
  }
  const budgets = [...judge([...rows, ...loads.hits]), ...judgeRatios(replayed)];
  if (cases.length + hits.length + streams.length > 0) console.log(`\n${verdicts(budgets)}`);
  return { ...about, rows, groups, loads, ...replayed, memory, budgets };
}

/** Measures what loads cost. */
async function measureLoads() {
  if (hits.length > 0) console.log(`\n${hitHead()}`);
  const timed = [];
  for (const spec of hits) {
    timed.push(await timeCase(spec, plan, inChild));
    console.log(`\n${hitTable(timed.at(-1))}`);
  }
  const waiters = hasWaiters ? await inChild({ waiters: WAITERS }) : undefined;
  if (waiters !== undefined) console.log(`\n${waitersTable(waiters)}`);
  return { hits: timed, waiters };
}

/** Has a process of its own do some work, and waits for what it finds and for its end: it must not slow the next one. */
async function inChild(work) {
  const worker = fork(child, { execArgv: [...new Set([...process.execArgv, '--expose-gc'])] });
  let answer;
  worker.once('message', (message) => (answer = message));
  // The channel is closed after the last message has come, whichever of the two is first.
  const ended = Promise.all([once(worker, 'exit'), once(worker, 'disconnect')]);
  // What cannot be sent, since the process is gone, comes to light as its end.
  worker.send(work, () => {});
  const [[code, signal]] = await ended;
  const { result, error = `its process ended with ${signal ?? `code ${code}`}` } = answer ?? {};
  if (result === undefined) throw new Error(`${(work.spec ?? work.ratios)?.name ?? MEMORY}: ${error}`);
  return result;
}

/** Reads the command line. Ends the process where there is nothing to measure. */
function readOptions() {
  const kinds = {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    traces: { type: 'string', default: process.env.KEYLATCH_TRACES || undefined },
    json: { type: 'string' },
    charts: { type: 'string' },
    browser: { type: 'string' },
    help: { type: 'boolean' },
  };
  try {
    const { quick = false, only = '', traces, json, charts, browser, help } = parseArgs({ options: kinds }).values;
    if (help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (browser !== undefined && !BROWSERS.includes(browser)) throw new Error(`no such browser: ${browser}`);
    // A file that cannot be written, or a folder, is found now, and not after some minutes.
    if (json !== undefined) closeSync(openSync(json, 'a'));
    if (charts !== undefined) mkdirSync(charts, { recursive: true });
    const streams = streamCases(traces, quick).filter(({ name }) => name.includes(only));
    return { quick, only, streams, json, charts, browser };
  } catch (error) {
    return refuse(error.message);
  }
}

function refuse(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
