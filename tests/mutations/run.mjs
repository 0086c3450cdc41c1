// Whether the tests notice when a promise is broken: node tests/mutations/run.mjs [NAME...]
//
// Each mutation changes one place of a copy of the sources. The schedules have to fail then; or the package's suite, or
// the latch's own tests. What no test notices is reported as survived.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { bundle, bundleTests, root } from '../bundle.mjs';
import { loads } from './loads.mjs';
import { locks } from './locks.mjs';
import { rust } from './rust.mjs';

const start = promisify(execFile);
const work = join(root, 'target/mutations');
const glue = join(work, 'glue');
// Which inputs are the smallest that fail doesn't matter here.
const env = { ...process.env, CARGO_TARGET_DIR: join(work, 'cargo'), PROPTEST_MAX_SHRINK_ITERS: '0' };
const SEED = 1;
/** How long a run may take, in milliseconds: some times what the tests take without a mutation. */
let limit = 600_000;
const SCHEDULES = 1000;

/** The sources with one place changed, in a folder of their own. */
function mutate({ name, file, find, replace }, folder, from) {
  const text = readFileSync(join(root, file), 'utf8');
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${name}: its text occurs ${times} times in ${file}`);
  cpSync(join(root, from), join(folder, from), { recursive: true });
  writeFileSync(
    join(folder, file),
    text.replace(find, () => replace),
  );
}

/** Runs a part of the tests against a bundle. Whatever doesn't end well, and in time, is a failure. */
async function finds(tests, folder, options) {
  const script = [
    `import * as keylatch from './index.js';`,
    `import { run } from ${JSON.stringify(join(work, `${tests}.mjs`))};`,
    `const { failures } = await run(keylatch, ${JSON.stringify(options)});`,
    `console.log(JSON.stringify(failures.map(({ name, error }) => [name, error.split('\\n')[0]])));`,
    `process.exit(0);`,
  ];
  writeFileSync(join(folder, `${tests}.mjs`), script.join('\n'));
  try {
    const { stdout } = await start('node', [join(folder, `${tests}.mjs`)], { timeout: limit, maxBuffer: 1 << 26 });
    return JSON.parse(stdout.trim().split('\n').at(-1)).map((failure) => failure.join(': '))[0];
  } catch (error) {
    // The program has ended by itself, or was ended in time; else it is no fault of the mutation's.
    if (!error.killed && typeof error.code !== 'number') throw error;
    return error.killed
      ? 'no end'
      : `no result: ${String(error.stderr ?? error)
          .trim()
          .split('\n')
          .at(-1)}`;
  }
}

/** What has noticed a mutation of the package, if anything has. */
async function tryTypescript(mutation) {
  const folder = join(work, mutation.name);
  const from = 'pkg-template/src';
  if (mutation.file === undefined) cpSync(join(root, from), join(folder, from), { recursive: true });
  else mutate(mutation, folder, from);
  await bundle(join(folder, from), glue, join(folder, 'index.js'));
  const schedule = await finds('schedules', folder, { seed: SEED, schedules: SCHEDULES, failures: 1 });
  if (schedule !== undefined) return `schedules: ${schedule}`;
  const suite = await finds('suite', folder, { seed: SEED, failures: 1 });
  return suite && `suite: ${suite}`;
}

/** The same for the latch, by its own tests. One after the other: they share what cargo has built. */
async function tryRust(mutation) {
  const folder = join(work, 'crate');
  if (mutation.file !== undefined) mutate(mutation, folder, 'src');
  try {
    const test = ['test', '--quiet', '--lib', 'latch', '--manifest-path', join(folder, 'Cargo.toml')];
    await start('cargo', test, { cwd: folder, env, timeout: limit, maxBuffer: 1 << 26 });
    return undefined;
  } catch (error) {
    if (!error.killed && typeof error.code !== 'number') throw error;
    if (/^error(\[E\d+\])?: (?!test failed)/m.test(error.stderr)) throw new Error(`${mutation.name} doesn't compile`);
    const failed = error.stdout.match(/---- (\S+) stdout/)?.[1];
    return `cargo test: ${failed ?? 'no end'}`;
  }
}

/** What the runs need: the tests as bundles, the module as it was built last, and a crate to change. */
async function prepare() {
  rmSync(join(work, 'crate'), { recursive: true, force: true });
  mkdirSync(join(work, 'crate'), { recursive: true });
  cpSync(join(root, 'target/glue'), glue, { recursive: true });
  for (const tests of ['schedules', 'suite']) {
    await bundleTests(tests, join(work, `${tests}.mjs`));
  }
  for (const file of ['src', 'Cargo.lock', 'clippy.toml']) {
    cpSync(join(root, file), join(work, 'crate', file), { recursive: true });
  }
  // A crate by itself: the workspace's other members have nothing to do with the latch, and neither has what measures.
  const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8')
    .replace(/^members = .*$/m, 'members = []')
    .replace(/^criterion = .*\n/m, '')
    .replace(/^\[\[bench\]\]\n(?:.+\n)+/m, '');
  writeFileSync(join(work, 'crate/Cargo.toml'), manifest);
}

/** Runs so many at a time. */
async function inTurn(mutations, attempt, width) {
  const left = [...mutations];
  const worker = async () => {
    for (let mutation; (mutation = left.shift()) !== undefined;) {
      const found = await attempt(mutation).catch((error) => ({ error }));
      report(mutation, found);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

const counts = { killed: 0, survived: 0 };

function report({ name, file, why }, found) {
  const isKilled = typeof found === 'string';
  counts[isKilled ? 'killed' : 'survived'] += 1;
  const how = isKilled ? `killed by ${found}` : (found?.error?.message ?? 'SURVIVED');
  console.log(
    `${isKilled ? 'killed  ' : 'SURVIVED'} ${name} (${relative('', join(root, file))}: ${why})\n         ${how}`,
  );
}

const wanted = process.argv.slice(2);
const chosen = (list) => list.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const begun = performance.now();
await prepare();
// Nothing is worth anything if the tests fail without a mutation.
const whole = (await tryTypescript({ name: 'none' })) ?? (await tryRust({ name: 'none' }));
limit = Math.ceil(2 * (performance.now() - begun));
if (whole !== undefined) throw new Error(`without a mutation, or without \`cargo xtask build\` before: ${whole}`);
await Promise.all([inTurn(chosen([...locks, ...loads]), tryTypescript, 1), inTurn(chosen(rust), tryRust, 1)]);
const { killed, survived } = counts;
const seconds = ((performance.now() - begun) / 1000).toFixed(2);
console.log(
  `mutations: test result: ${survived ? 'FAILED' : 'ok'}. ${killed} passed; ${survived} failed; finished in ${seconds} s`,
);
process.exitCode = survived > 0 ? 1 : 0;
