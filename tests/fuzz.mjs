// Schedules of locks and loads against the sources as they are: node tests/fuzz.mjs SEED SECONDS [PATH]
//
// PATH is what a schedule that has failed is printed with, for the same seed. The glue is in target/quick/glue:
// `cargo xtask fuzz schedules` makes it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, bundleTests, root } from './bundle.mjs';
import { printFailures, printResult } from './results.mjs';

const [seed, seconds, path] = process.argv.slice(2);
const begun = performance.now();
const work = join(root, 'target/quick');
const [sources, schedules] = ['index.mjs', 'schedules.mjs'].map((file) => join(work, file));

mkdirSync(work, { recursive: true });
await Promise.all([
  bundle(join(root, 'pkg-template/src'), join(work, 'glue'), sources),
  bundleTests('schedules', schedules),
]);
const [keylatch, { run }] = await Promise.all([import(sources), import(schedules)]);
const { passed, failures } = await run(keylatch, { seed: Number(seed), seconds: Number(seconds), path });
printFailures(failures.map(({ name, error }) => ({ name, error })));
printResult(`schedules, seed ${seed}`, { passed, failed: failures.length, begun });
