// The stores of the second tier, against the conformance suite and against faults: node tests/tier/run.mjs [WORDS]
//
// With words, only the tests that have them in their name. `redis-server` and the clients in tests/tier/node_modules have
// to be there: `cargo xtask test tier` installs them.

import * as esbuild from 'esbuild';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../bundle.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const outdir = join(root, 'target/tier');
const [only] = process.argv.slice(2);
const options = { outdir, bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' };
const source = (name) => join(root, `pkg-template/src/tier/${name}.ts`);
const entryPoints = ['memory', 'redis', 'suite', 'tier'].map(source);
await esbuild.build({ ...options, entryPoints, outExtension: { '.js': '.mjs' } });
const adapters = ['keyv', 'next'].map((name) => join(root, `pkg-template/src/adapters/${name}.ts`));
await esbuild.build({
  ...options,
  entryPoints: adapters,
  outExtension: { '.js': '.mjs' },
  external: ['keylatch', 'node:async_hooks'],
  tsconfigRaw: {},
});
// With the module that `cargo xtask build` has left behind.
await bundle(join(root, 'pkg-template/src'), join(root, 'target/glue'), join(outdir, 'keylatch.mjs'));

const tests = readdirSync(here).filter((name) => name.endsWith('.test.mjs'));
const words = ['--test', '--test-concurrency', '2', '--test-reporter', join(root, 'www/harness/reporter.mjs')];
if (only !== undefined) words.push('--test-name-pattern', only);
const run = spawn('node', [...words, ...tests.map((name) => join(here, name))], { stdio: 'inherit' });
run.on('exit', (code) => (process.exitCode ||= code ?? 1));
