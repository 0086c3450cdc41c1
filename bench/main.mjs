// Ratios of keylatch against Map and other caches: node --expose-gc bench/main.mjs [--quick] [--only WORD] [--json FILE]

import { fork } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { judge } from './budgets.mjs';
import { CASES, MEMORY } from './cases.mjs';
import { check } from './check.mjs';
import { SUBJECT, versions } from './contenders.mjs';
import { quartiles, ratio } from './measure.mjs';
import { head, line, memoryTable, summarize, summary, verdicts } from './report.mjs';

const USAGE = `node --expose-gc bench/main.mjs [--quick] [--only WORD] [--json FILE]

  --quick      fewer rounds: half a minute instead of some minutes, and less exact
  --only WORD  only the cases with this word in their name; "memory" alone sets ten times as many keys
  --json FILE  writes all numbers to a file
  --help       this text

It measures, it does not judge: missed budgets leave the exit code at 0. A wrong answer makes it 1, a wrong option 2.`;

/** Rounds of each case. The default run has several processes a case: V8 compiles the same code differently at times. */
const PLANS = {
  quick: { processes: 1, warmups: 3, rounds: 9 },
  full: { processes: 3, warmups: 4, rounds: 15 },
};

const child = fileURLToPath(new URL('child.mjs', import.meta.url));
const options = readOptions();
const plan = options.quick ? PLANS.quick : PLANS.full;
const cases = CASES.filter(({ name }) => name.includes(options.only));
const hasMemory = MEMORY.includes(options.only);
if (cases.length === 0 && !hasMemory) refuse(`no case has "${options.only}" in its name`);

try {
  await run();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** Checks, measures, reports. */
async function run() {
  check(cases);
  const about = { versions: versions(), cpu: cpus()[0]?.model.trim(), plan };
  console.log(`${Object.entries(about.versions).flat().join(' ')}; ${about.cpu}\n`);
  const rows = [];
  if (cases.length > 0) console.log(head());
  for (const spec of cases) {
    rows.push(await time(spec));
    console.log(line(rows.at(-1)));
  }
  const groups = summarize(rows);
  if (cases.length > 0) console.log(`\n${summary(groups)}`);
  const memory = [];
  for (const ttl of hasMemory ? [false, true] : []) {
    const sets = options.quick ? 1_000_000 : cases.length === 0 ? 100_000_000 : 10_000_000;
    memory.push(await inChild({ memory: { sets, ttl } }));
    console.log(`\n${memoryTable(memory.at(-1))}`);
  }
  const budgets = judge(rows);
  if (cases.length > 0) console.log(`\n${verdicts(budgets)}`);
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ ...about, rows, groups, memory, budgets }, null, 2)}\n`);
}

/** Measures a case, in one process after the other. */
async function time(spec) {
  const times = {};
  let operations = 0;
  for (let number = 0; number < plan.processes; number += 1) {
    const result = await inChild({ spec, plan });
    operations = result.count;
    for (const [name, list] of Object.entries(result.times)) (times[name] ??= []).push(...list);
  }
  const nanoseconds = Object.entries(times).map(([name, list]) => [name, quartiles(list)]);
  const ratios = Object.entries(times)
    .filter(([name]) => name !== SUBJECT)
    .map(([name, list]) => [name, ratio(times[SUBJECT], list)]);
  return { spec, operations, nanoseconds: Object.fromEntries(nanoseconds), ratios: Object.fromEntries(ratios), times };
}

/** Has a process of its own do some work, and waits for what it finds. */
function inChild(work) {
  const execArgv = [...new Set([...process.execArgv, '--expose-gc'])];
  return new Promise((resolve, reject) => {
    const worker = fork(child, { execArgv });
    worker.once('message', ({ result, error }) => {
      if (error === undefined) resolve(result);
      else reject(new Error(`${work.spec?.name ?? MEMORY}: ${error}`));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`${work.spec?.name ?? MEMORY}: ended with code ${code}`)));
    worker.send(work);
  });
}

/** Reads the command line. Ends the process where there is nothing to measure. */
function readOptions() {
  const kinds = {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  };
  try {
    const { quick = false, only = '', json, help } = parseArgs({ options: kinds }).values;
    if (help) {
      console.log(USAGE);
      process.exit(0);
    }
    // Now, and not after some minutes.
    if (json !== undefined) accessSync(dirname(resolve(json)), constants.W_OK);
    return { quick, only, json };
  } catch (error) {
    return refuse(error.message);
  }
}

function refuse(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
