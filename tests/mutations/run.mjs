// Whether the tests notice when a promise is broken: node tests/mutations/run.mjs [NAME...]
//
// Each mutation changes one place of a copy of the package's TypeScript. The schedules have to fail then, or the suite. What
// neither notices is reported as survived. Rust has its own: `cargo xtask mutations rust`.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundle, bundleTests, root } from '../bundle.mjs';
import { printFailures, printResult } from '../results.mjs';
import { entries } from './entries.mjs';
import { loads } from './loads.mjs';
import { declarations, locate } from './locate.mjs';
import { locks } from './locks.mjs';

const start = promisify(execFile);
const sources = join(root, 'pkg-template/src');
const work = join(root, 'target/mutations');
const glue = join(work, 'glue');
const SEED = 1;
/** What each kind of tests is told. A test that hangs needs no long proof. */
const TESTS = {
  schedules: { seed: SEED, schedules: 1000, shrinks: false },
  suite: { seed: SEED, failures: 1, limit: 20_000 },
};
/** How long a run may take, in milliseconds: some times what the tests take without a mutation. */
let limit = 600_000;

/** Runs a part of the tests against a bundle. Whatever doesn't end well, and in time, is a failure. */
async function finds(tests, folder) {
  const program = join(folder, `${tests}.mjs`);
  const script = [
    `import * as keylatch from './index.js';`,
    `import { run } from ${JSON.stringify(join(work, `${tests}.mjs`))};`,
    `const { failures } = await run(keylatch, ${JSON.stringify(TESTS[tests])});`,
    `console.log(JSON.stringify(failures.map(({ name, error }) => [name, error.split('\\n')[0]])));`,
    `process.exit(0);`,
  ];
  writeFileSync(program, script.join('\n'));
  try {
    const { stdout } = await start('node', [program], { timeout: limit, maxBuffer: 1 << 26 });
    return JSON.parse(stdout.trim().split('\n').at(-1)).map((failure) => failure.join(': '))[0];
  } catch (error) {
    // The program has ended by itself, or was ended in time; else it is no fault of the mutation's.
    if (!error.killed && typeof error.code !== 'number') throw error;
    return error.killed ? 'no end' : `no result: ${String(error.stderr).trim().split('\n').at(-1)}`;
  }
}

/** What has noticed a mutation, if anything has. Without one, whether the tests pass. */
async function attempt(mutation) {
  const folder = join(work, mutation?.name ?? 'none');
  rmSync(folder, { recursive: true, force: true });
  cpSync(sources, join(folder, 'src'), { recursive: true });
  if (mutation !== undefined) {
    const { file, text, start, end } = locate(all, mutation);
    const changed = text.slice(0, start) + mutation.replace + text.slice(end);
    writeFileSync(join(folder, 'src', file.slice(sources.length)), changed);
  }
  await bundle(join(folder, 'src'), glue, join(folder, 'index.js'));
  for (const tests of Object.keys(TESTS)) {
    const found = await finds(tests, folder);
    if (found !== undefined) return `${tests}: ${found}`;
  }
  return undefined;
}

const wanted = process.argv.slice(2);
const left = [...locks, ...loads, ...entries].filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const unknown = wanted.filter((name) => !left.some((mutation) => mutation.name === name));
if (unknown.length > 0) throw new Error(`no such mutation: ${unknown.join(', ')}`);

const all = declarations(sources);
const begun = performance.now();
const failures = [];
let passed = 0;

mkdirSync(work, { recursive: true });
cpSync(join(root, 'target/glue'), glue, { recursive: true });
for (const tests of Object.keys(TESTS)) await bundleTests(tests, join(work, `${tests}.mjs`));
// Nothing is worth anything if the tests fail without a mutation.
const whole = await attempt();
if (whole !== undefined) throw new Error(`without a mutation, or without \`cargo xtask build\` before: ${whole}`);
limit = Math.ceil(4 * (performance.now() - begun));

/** Tries one mutation after the other. */
async function attemptAll() {
  for (let mutation; (mutation = left.shift()) !== undefined;) {
    const { name, in: owner, why } = mutation;
    let error = 'no test notices';
    const found = await attempt(mutation).catch((reason) => ((error = reason.message), undefined));
    console.log(`${found ? 'killed  ' : 'SURVIVED'} ${name} (${owner}: ${why})\n         ${found ?? error}`);
    if (found) passed += 1;
    else failures.push({ name: `${name} (${owner}: ${why})`, error });
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, attemptAll));
printFailures(failures);
printResult('mutations', { passed, failed: failures.length, begun });
