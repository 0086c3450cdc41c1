// The packed tarball in every runtime: node tests/package/run.mjs [RUNTIME...] [--only WORDS]
//
// With --only, only those tests of the suite that have these words in their name or in their file's. Browsers are found
// in CHROMIUM and FIREFOX.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseArgs } from 'node:util';
import { printFailures, printResult } from '../results.mjs';
import { inBrowser } from './browser.mjs';
import { consumer, install, root } from './consumer.mjs';
import { runExample } from './example.mjs';
import { inExtension } from './extension.mjs';
import { inFrozenPage } from './frozen-page.mjs';
import { inMixedBundles } from './mixed-bundles.mjs';
import { inRequests, inWorkerd } from './workerd.mjs';

const tools = join(root, 'node_modules/.bin');
const start = promisify(execFile);

/** How long a program may take, in milliseconds. Each of its tests has a limit of its own; this one ends an endless loop. */
const LIMIT = 600_000;

/** Runs a program in the consumer's folder, and reads the results that it prints last. */
async function results(program, ...words) {
  const options = { cwd: consumer, maxBuffer: 1 << 26, timeout: LIMIT };
  const { stdout } = await start(program, words, options).catch((error) => Promise.reject(explain(error)));
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** What a program has printed before it failed, and which test has begun last: each is told on a line with a `>`. */
function explain({ killed, code, signal, stderr }) {
  const lines = stderr.trim().split('\n');
  const isBegin = (line) => line.startsWith('> ');
  const last = lines.findLast(isBegin)?.slice(2);
  const how = killed ? `it has not ended within ${LIMIT / 1000} s` : `it has ended with ${code ?? signal}`;
  const rest = lines.filter((line) => !isBegin(line)).join('\n');
  return { message: `${how}${last === undefined ? '' : `, in the test “${last}”`}\n${rest}` };
}

const deno = (file) => results(join(tools, 'deno'), 'run', '--allow-all', '--node-modules-dir=manual', file);
const bun = (...words) => results(join(tools, 'bun'), ...words);

/** The suite in every runtime, the longest first. */
const SUITE = {
  workerd: inWorkerd,
  'node-slim': () => results('node', 'slim.mjs'),
  'node-require': () => results('node', 'require.cjs'),
  'firefox-page': () => inBrowser('firefox', 'page.html'),
  'node-18': () => results(join(root, `node_modules/node-18-linux-${process.arch}/bin/node`), 'import.mjs'),
  bun: async () => [await bun('import.mjs'), await bun('require.cjs')].flat(),
  'chromium-page': () => inBrowser('chromium', 'page.html'),
  'chromium-service-worker': () => inBrowser('chromium', 'page.html?service-worker'),
  'node-import': () => results('node', 'import.mjs'),
  deno: () => deno('import.mjs'),
  'edge-light': () => results('node', 'edge-light.mjs'),
  hermes: () => results('node', 'hermes.mjs'),
  'node-portable': () => results('node', 'portable.mjs'),
  'node-jitless': () => results('node', '--jitless', '--no-warnings', 'portable.mjs'),
  'chromium-portable': () => inBrowser('chromium', 'portable.html'),
  'firefox-portable': () => inBrowser('firefox', 'portable.html'),
  'chromium-extension': inExtension,
};

/** In WebKit, which takes 200 MB to install: by name, and in the matrix. */
const BY_NAME = {
  'webkit-page': () => inBrowser('webkit', 'page.html'),
  'webkit-service-worker': () => inBrowser('webkit', 'page.html?service-worker'),
  'webkit-policy': () => inBrowser('webkit', 'policy.html'),
  'webkit-portable': () => inBrowser('webkit', 'portable.html'),
};

/** Tests of what no runtime of the suite shows. */
const OTHERS = {
  schedules: () => results('node', 'run-schedules.mjs'),
  'node-memory': () => results('node', '--expose-gc', 'memory.mjs'),
  'node-older-targets': () => results('node', 'older-targets.mjs'),
  'node-sizes': () => results('node', '--expose-gc', 'sizes.mjs'),
  damaged: () => results('node', 'damaged.mjs'),
  bundled: () => results('node', 'bundled.mjs'),
  'mixed-bundles': inMixedBundles,
  'firefox-policy': () => inBrowser('firefox', 'policy.html'),
  'chromium-policy': () => inBrowser('chromium', 'policy.html'),
  'node-stacks': () => results('node', 'stacks.mjs'),
  'wasm-module': () => results('node', 'wasm-module.mjs'),
  'node-oldest': () => results('node', 'oldest.mjs'),
  readme: runReadme,
  example: runExample,
  start: () => results('node', 'start.mjs'),
  'start-bare': () => results('node', '--experimental-vm-modules', '--no-warnings', 'import-bare.mjs'),
  'node-exit': () => results('node', 'exit.mjs'),
  'node-realms': () => results('node', 'realms.mjs'),
  'node-libraries': () => results('node', 'libraries.mjs'),
  'keyv-suite': () => results('node', 'keyv-suite.mjs'),
  'node-adapters': () => Promise.all(['adapters.mjs', 'adapters-next.mjs'].map((file) => results('node', file))),
  copies: async () => Promise.all([results('node', 'copies.cjs'), deno('copies.cjs'), bun('copies.cjs')]),
  'moved-clock': async () => [
    await results('node', '--no-warnings', 'moved-clock.mjs'),
    await bun('moved-clock.mjs', 'bun'),
  ],
};

/** What depends on real time, and so has the machine for itself. */
const ALONE = { 'workerd-requests': inRequests, 'chromium-frozen-page': inFrozenPage };

/** Runs the programs of the README and of pages of docs/ as they stand. What a line prints stands behind it, in a comment. */
async function runReadme() {
  const text = ['README.md', 'docs/aries.md', 'docs/adapters.md', 'docs/portable.md', 'docs/tiers.md']
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const programs = [...text.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, program]) => program);
  if (programs.length === 0) throw new Error('the README has no program');
  const failures = [];
  for (const [index, program] of programs.entries()) {
    const file = join(consumer, `readme-${index}.mjs`);
    writeFileSync(file, program);
    const expected = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)]
      .map(([, printed]) => `${printed}\n`)
      .join('');
    const { stdout } = await start('node', [file], { cwd: consumer, timeout: 60_000 });
    if (stdout !== expected) failures.push({ name: `program ${index}`, error: `expected\n${expected}got\n${stdout}` });
  }
  return { seed: 0, passed: programs.length - failures.length, failures };
}

/** Runs a runtime's tests, and prints how they went. */
async function runIn(name, run) {
  const begun = performance.now();
  const outcome = await run().catch((error) => ({
    seed: 0,
    passed: 0,
    failures: [{ name: 'all of it', error: error.stack ?? error.message }],
  }));
  const all = [outcome].flat();
  const failures = all.flatMap(({ failures, seed }) =>
    failures.map(({ name: test, error }) => ({ name: `${name}: ${test}${seed ? ` (seed ${seed})` : ''}`, error })),
  );
  const passed = all.reduce((sum, each) => sum + each.passed, 0);
  printFailures(failures);
  printResult(name, { passed, failed: failures.length, begun });
}

/** Runs so many runtimes at a time. */
async function runSideBySide(runtimes, width) {
  const left = Object.entries(runtimes).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  const work = async () => {
    for (let runtime; (runtime = left.shift()) !== undefined;) await runIn(...runtime);
  };
  await Promise.all(Array.from({ length: width }, work));
}

const { positionals: wanted, values } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });
const known = Object.keys({ ...SUITE, ...OTHERS, ...ALONE, ...BY_NAME });
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`no such runtime: ${unknown.join(', ')}; there are ${known.join(', ')}`);
if (values.only) {
  process.env.TESTS = values.only;
  if (wanted.length === 0) wanted.push(...Object.keys(SUITE));
}

await install();
const named = Object.fromEntries(Object.entries(BY_NAME).filter(([name]) => wanted.includes(name)));
await runSideBySide({ ...SUITE, ...OTHERS, ...named }, availableParallelism());
await runSideBySide(ALONE, 1);
