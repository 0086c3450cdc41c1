// What keylatch and its peers do when many want one value and something changes meanwhile. See USAGE.

import { writeFileSync } from 'node:fs';
import { readCommandLine } from '../tools/command-line.mjs';
import { table } from '../tools/table.mjs';
import { versionsOf } from '../tools/versions.mjs';
import { ADAPTERS } from './adapters.mjs';
import { check, late, within } from './callers.mjs';
import { MORE, beside } from './more.mjs';
import { REFRESHING } from './refreshing.mjs';
import { ROWS } from './rows.mjs';

const USAGE = `node bench/js/probe/main.mjs [--json FILE] [--only NAME]

  --json FILE  writes all answers to a file as well
  --only NAME  only keylatch and the peers with this word in their name
  --help       this text

A wrong answer of keylatch makes the exit code 1, a wrong option 2. What the peers do leaves it at 0.`;

/** The one that has to be right everywhere. */
const SUBJECT = 'keylatch';
/** A scenario that takes longer hangs, in milliseconds. */
const PATIENCE = 15_000;

const { options, refuse } = readCommandLine(USAGE, { only: { type: 'string', default: '' } });
const adapters = ADAPTERS.filter(({ name }) => name === SUBJECT || name.includes(options.only));
if (adapters.length === 1 && !SUBJECT.includes(options.only)) refuse(`no peer has "${options.only}" in its name`);

const versions = versionsOf(adapters.map(({ folder }) => folder));
console.log(`node ${process.versions.node}; ${Object.entries(versions).flat().join(' ')}\n`);
// One of them prints what it thinks of undefined otherwise.
process.env.NODE_ENV = 'production';
for (const adapter of adapters) await check(adapter);
const results = [];
for (const { name, right, why, ...row } of ROWS) {
  const answers = [];
  // One after the other: they must not get in each other's way.
  for (const adapter of adapters) {
    const word = await answerOf(row, adapter);
    const isJudged = word !== undefined && right !== undefined;
    answers.push({ name: adapter.name, word, right: isJudged ? right.includes(word) : undefined });
  }
  results.push({ name, right, why, answers });
}
const others = await beside([...REFRESHING, ...MORE]);
print();
if (options.json !== undefined) {
  const json = { node: process.versions.node, versions, rows: results, beside: Object.fromEntries(others) };
  writeFileSync(options.json, `${JSON.stringify(json, null, 2)}\n`);
}
const wrong = results.filter(({ answers: [subject] }) => subject.right === false);
for (const { name } of wrong) console.error(`\n${SUBJECT} is wrong in "${name}"`);
// Some peers have timers that would keep it alive; how long is one of the rows.
process.exit(wrong.length > 0 ? 1 : 0);

/** An adapter's word in a row; none if it has nothing of what the row is about. */
async function answerOf({ needs = [], run }, adapter) {
  if (!needs.every((need) => adapter.has.includes(need))) return undefined;
  const answer = run(adapter).catch(({ message }) => message);
  const word = await within(PATIENCE, answer);
  return word === late ? 'hangs' : word;
}

/** Prints the table, how many of the answers are right, and what is right in each row, and why. */
function print() {
  const mark = (right) => (right === undefined ? ' ' : right ? '✓' : '✗');
  const names = adapters.map(({ name }) => name.replaceAll('-', '-\n  '));
  const rows = results.map(({ name, answers }) => [
    name,
    ...answers.map(({ word, right }) => (word === undefined ? '  -' : `${mark(right)} ${word}`)),
  ]);
  console.log(table(['', ...names.map((name) => `  ${name}`)], rows, { isLeft: true }), '\n');
  for (const [column, { name }] of adapters.entries()) {
    const judged = results.map(({ answers }) => answers[column].right).filter((right) => right !== undefined);
    console.log(`${name.padEnd(20)} ${judged.filter(Boolean).length} of ${judged.length} right`);
  }
  console.log('\n✓ right, ✗ wrong, - it has nothing of the kind. What is right, and why:\n');
  results.forEach(({ name, right, why }, at) => {
    console.log(name);
    // What is the same for several is said once.
    if (results[at + 1]?.why !== why) console.log(`    ${right ? `${right.join(' or ')}: ` : ''}${why}.`);
  });
  console.log('\nBeside the table. FusionCache and HybridCache are in .NET: they were read, and not run.\n');
  for (const [name, words] of others) {
    console.log(
      `${name}\n    ${Object.entries(words)
        .map((pair) => pair.join(': '))
        .join('; ')}.`,
    );
  }
  console.log(`
In "loader never ends" a load may take 100 ms in those that have an option for it: the lease of keylatch, the signal
of lru-cache, the hardTimeout of bentocache. Otherwise all have their defaults.`);
}
