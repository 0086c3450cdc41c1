// The packed tarball in one runtime after the other: node tests/package/run.mjs [RUNTIME...]
//
// Browsers are found in CHROMIUM and FIREFOX.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHROMIUM_FLAGS } from '../chromium.mjs';
import { consumer, install, root } from './consumer.mjs';
import { runExample } from './example.mjs';
import { inFrozenPage } from './frozen-page.mjs';
import { inMixedBundles } from './mixed-bundles.mjs';
import { serve } from './serve.mjs';
import { inRequests, inWorkerd } from './workerd.mjs';

const tools = join(root, 'node_modules/.bin');
const start = promisify(execFile);

/** Runs a program in the consumer's folder, and reads the results that it prints last. */
async function results(program, ...words) {
  const { stdout } = await start(program, words, { cwd: consumer, maxBuffer: 1 << 26, timeout: 300_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

const RUNTIMES = {
  'node-import': () => results('node', 'import.mjs'),
  'node-require': () => results('node', 'require.cjs'),
  readme: runReadme,
  example: runExample,
  'node-slim': () => results('node', 'slim.mjs'),
  'mixed-bundles': inMixedBundles,
  start: () => results('node', 'start.mjs'),
  'start-bare': () => results('node', '--experimental-vm-modules', '--no-warnings', 'import-bare.mjs'),
  damaged: () => results('node', 'damaged.mjs'),
  bundled: () => results('node', 'bundled.mjs'),
  'wasm-module': () => results('node', 'wasm-module.mjs'),
  'node-exit': () => results('node', 'exit.mjs'),
  'node-realms': () => results('node', 'realms.mjs'),
  'node-libraries': () => results('node', 'libraries.mjs'),
  'node-sizes': () => results('node', '--expose-gc', 'sizes.mjs'),
  'node-memory': () => results('node', '--expose-gc', 'memory.mjs'),
  'node-stacks': () => results('node', 'stacks.mjs'),
  'node-oldest': () => results('node', 'oldest.mjs'),
  'node-older-targets': () => results('node', 'older-targets.mjs'),
  'node-18': () => results(join(root, `node_modules/node-18-linux-${process.arch}/bin/node`), 'import.mjs'),
  schedules: () => results('node', 'run-schedules.mjs'),
  deno: () => results(join(tools, 'deno'), 'run', '--allow-all', '--node-modules-dir=manual', 'import.mjs'),
  bun: async () =>
    [await results(join(tools, 'bun'), 'import.mjs'), await results(join(tools, 'bun'), 'require.cjs')].flat(),
  copies: async () =>
    Promise.all([
      results('node', 'copies.cjs'),
      results(join(tools, 'deno'), 'run', '--allow-all', '--node-modules-dir=manual', 'copies.cjs'),
      results(join(tools, 'bun'), 'copies.cjs'),
    ]),
  'moved-clock': async () => [
    await results('node', '--no-warnings', 'moved-clock.mjs'),
    await results(join(tools, 'bun'), 'moved-clock.mjs', 'bun'),
  ],
  workerd: inWorkerd,
  'workerd-requests': inRequests,
  'chromium-page': () => inBrowser(chromium, 'page.html'),
  'chromium-service-worker': () => inBrowser(chromium, 'page.html?service-worker'),
  'chromium-frozen-page': inFrozenPage,
  'chromium-policy': () => inBrowser(chromium, 'policy.html'),
  'firefox-page': () => inBrowser(firefox, 'page.html'),
  'firefox-policy': () => inBrowser(firefox, 'policy.html'),
};

/** Runs the programs of the README and of docs/aries.md as they stand. What a line prints stands behind it, in a comment. */
async function runReadme() {
  const text = ['README.md', 'docs/aries.md'].map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
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

/** Opens a page of the consumer's in a browser, and waits for the result that it sends. */
async function inBrowser(browser, page) {
  const server = await serve(consumer);
  const profile = mkdtempSync(join(tmpdir(), 'keylatch-profile-'));
  const child = browser(profile, `${server.url}/${page}`);
  const problems = [];
  child.stderr.on('data', (data) => problems.push(String(data)));
  const deadline = setTimeout(
    () => server.fail(new Error(`${page} sent no result: ${problems.join('').slice(-2000)}`)),
    120_000,
  );
  try {
    return JSON.parse(await server.result);
  } finally {
    clearTimeout(deadline);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function chromium(profile, url) {
  const flags = ['--headless', ...CHROMIUM_FLAGS, `--user-data-dir=${profile}`];
  return spawn(process.env.CHROMIUM ?? 'chromium', [...flags, url]);
}

function firefox(profile, url) {
  const quiet = [
    'app.update.enabled',
    'datareporting.policy.dataSubmissionEnabled',
    'browser.shell.checkDefaultBrowser',
  ];
  writeFileSync(join(profile, 'user.js'), quiet.map((name) => `user_pref("${name}", false);\n`).join(''));
  return spawn(process.env.FIREFOX ?? 'firefox-esr', ['--headless', '--no-remote', '--profile', profile, url]);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in RUNTIMES));
if (unknown.length > 0)
  throw new Error(`no such runtime: ${unknown.join(', ')}; there are ${Object.keys(RUNTIMES).join(', ')}`);

await install();
let failed = 0;
for (const [name, run] of Object.entries(RUNTIMES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const begun = Date.now();
  const outcome = await run().catch((error) => ({
    seed: 0,
    passed: 0,
    failures: [{ name: `all of ${name}`, error: String(error.stack ?? error) }],
  }));
  const all = [outcome].flat();
  for (const { failures, seed } of all) {
    for (const { name: test, error } of failures) console.log(`\n${name}: ${test} (seed ${seed})\n${error}`);
  }
  const passed = all.reduce((sum, each) => sum + each.passed, 0);
  const failures = all.reduce((sum, each) => sum + each.failures.length, 0);
  failed += failures;
  const seconds = ((Date.now() - begun) / 1000).toFixed(2);
  console.log(
    `${name}: test result: ${failures ? 'FAILED' : 'ok'}. ${passed} passed; ${failures} failed; finished in ${seconds}s`,
  );
}
process.exitCode = failed > 0 ? 1 : 0;
