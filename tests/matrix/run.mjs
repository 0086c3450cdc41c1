// The matrix: what people use the package with, from the packed tarball, each in a project of its own in target/matrix.
//
//   node tests/matrix/run.mjs [NAME...]     all cells, or those of these names, or those whose names begin so
//
// What comes out is in results.json. The tables in README.md and docs/runtimes.md are made of it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printFailures, printResult } from '../results.mjs';
import { CELLS } from './cells/index.mjs';
import { pack, root, versions } from './projects.mjs';
import { writeTables } from './tables.mjs';

const file = join(root, 'tests/matrix/results.json');
const wanted = process.argv.slice(2);
const isWanted = (name) =>
  wanted.length === 0 || wanted.some((word) => name === word || (!(word in CELLS) && name.startsWith(word)));
/** Read anew each time: two runs may be at work. */
const read = () => Object.fromEntries(JSON.parse(readFileSync(file, 'utf8')).map((each) => [each.name, each]));

pack();
for (const [name, cell] of Object.entries(CELLS)) {
  if (!isWanted(name)) continue;
  const begun = performance.now();
  console.error(`> ${name}`);
  const outcome = await cell.run().catch((error) => ({ passed: 0, failures: [error.message ?? String(error)] }));
  const { passed, failures, ...more } = outcome;
  const failed = failures.length;
  printFailures(failures.map((error) => ({ name, error })));
  printResult(name, { passed, failed, begun });
  const version = cell.version?.() ?? Object.values(versions[cell.project ?? name] ?? {})[0];
  const results = read();
  results[name] = { name, version, date: new Date().toISOString().slice(0, 10), passed, failed, ...more };
  const list = Object.keys(CELLS).flatMap((name) => results[name] ?? []);
  writeFileSync(file, `[\n${list.map((each) => `  ${JSON.stringify(each)}`).join(',\n')}\n]\n`);
}
writeTables();
