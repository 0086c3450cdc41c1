// The package's own suite, in the runtimes of tests/package/run.mjs, which `cargo xtask test` runs too; and in more
// versions of Node.

import { join } from 'node:path';
import { versionOf } from '../../browsers.mjs';
import { consumer, install } from '../../package/consumer.mjs';
import { project, root, run } from '../projects.mjs';
import { locked } from './locked.mjs';

/** How long it may take, in milliseconds: without a compiler, the suite takes minutes. */
const LIMIT = 1_500_000;

/** A run of tests/package/run.mjs. */
async function runtime(name) {
  const program = join(root, 'tests/package/run.mjs');
  // It ends with an error if a test has failed, and says so on the same lines.
  const text = await run(root, process.execPath, [program, name], { limit: LIMIT }).catch(({ message }) => message);
  const counts = /: test result: \w+\. (\d+) passed; (\d+) failed/.exec(text);
  if (counts === null) throw new Error(text);
  const [passed, failed] = counts.slice(1).map(Number);
  return { passed, failures: failed === 0 ? [] : [`${failed} tests have failed:\n${text}`] };
}

/** The suite in a version of Node, by `import` and by `require`. */
async function node(name) {
  const folder = await project(name);
  await install();
  const program = join(folder, 'node_modules/node/bin/node');
  const results = [];
  for (const file of ['import.mjs', 'require.cjs']) {
    const text = await run(consumer, program, ['--no-warnings', file]);
    results.push(JSON.parse(text.trim().split('\n').at(-1)));
  }
  const all = results.flat();
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failures: all.flatMap(({ failures }) => failures.map(({ name, error }) => `${name}: ${error}`)),
  };
}

const cell = (name, where, how, version) => [name, { where, how, version, run: () => runtime(name) }];
const nodes = [20, 22, 24, 26].map((major) => [
  `node-${major}`,
  { where: `Node ${major}`, how: '`import` and `require`', run: () => node(`node-${major}`) },
]);
const browser = (name) => () => versionOf(name);

export const cells = Object.fromEntries([
  cell('node-18', 'Node 18', '`import`', () => locked('node-18-linux-x64')),
  ...nodes,
  cell('node-jitless', 'Node with `--jitless`', '`keylatch/portable`', () => process.version.slice(1)),
  cell('deno', 'Deno', '`import`', () => locked('deno')),
  cell('bun', 'Bun', '`import` and `require`', () => locked('bun')),
  cell('workerd', 'workerd', '`import`, condition `workerd`', () => locked('workerd')),
  cell('edge-light', '@edge-runtime/vm', '`import`, condition `edge-light`', () => locked('@edge-runtime/vm')),
  cell('chromium-page', 'Chromium', 'a page', browser('chromium')),
  cell('firefox-page', 'Firefox', 'a page', browser('firefox')),
  cell('chromium-service-worker', 'Chromium', 'a service worker', browser('chromium')),
  cell('chromium-portable', 'Chromium', 'a strict policy, `keylatch/portable`', browser('chromium')),
  cell('firefox-portable', 'Firefox', 'a strict policy, `keylatch/portable`', browser('firefox')),
  cell('webkit-page', 'WebKitGTK', 'a page', browser('webkit')),
  cell('webkit-service-worker', 'WebKitGTK', 'a service worker', browser('webkit')),
  cell('webkit-portable', 'WebKitGTK', 'a strict policy, `keylatch/portable`', browser('webkit')),
  cell('webkit-policy', 'WebKitGTK', 'a strict policy: what the errors say', browser('webkit')),
  cell('chromium-extension', 'Chromium', 'an extension’s service worker, `keylatch/portable`', browser('chromium')),
  cell('hermes', 'Hermes, bundled by Metro', 'condition `react-native`', () => locked('hermes-engine-cli')),
]);
