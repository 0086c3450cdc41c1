// The package's suite in Node, against the sources as they are: node tests/quick.mjs [WORDS]
//
// With words, only the tests that have them in their name, or in that of their file. The glue is in target/quick/glue:
// `cargo xtask test --quick` makes it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, bundleTests, root } from './bundle.mjs';
import { printFailures, printResult } from './results.mjs';

const begun = performance.now();
const work = join(root, 'target/quick');
const [sources, suite] = ['index.mjs', 'suite.mjs'].map((file) => join(work, file));
const [only] = process.argv.slice(2);

mkdirSync(work, { recursive: true });
await Promise.all([bundle(join(root, 'pkg-template/src'), join(work, 'glue'), sources), bundleTests('suite', suite)]);
const [keylatch, { run }] = await Promise.all([import(sources), import(suite)]);
const { passed, failures, seed } = await run(keylatch, { only, onBegin: () => {} });
printFailures(failures.map(({ name, error }) => ({ name: `${name} (SEED=${seed})`, error })));
printResult('suite, in Node', { passed, failed: failures.length, begun });
if (passed + failures.length === 0)
  throw new Error(`no test has ${JSON.stringify(only)} in its name, or in its file's`);
