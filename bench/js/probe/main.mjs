// What keylatch and its peers do when many want one value and something changes meanwhile:
// node bench/js/probe/main.mjs [--json FILE] [--only NAME]

import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ADAPTERS } from './adapters.mjs';
import { check, late, within } from './callers.mjs';
import { ROWS } from './rows.mjs';
import { legend, score, table } from './table.mjs';

const USAGE = `node bench/js/probe/main.mjs [--json FILE] [--only NAME]

  --json FILE  writes all answers to a file as well
  --only NAME  only keylatch and the peers with this word in their name
  --help       this text

A wrong answer of keylatch makes the exit code 1, a wrong option 2. What the peers do leaves it at 0.`;

/** The one that has to be right everywhere. */
const SUBJECT = 'keylatch';
/** A scenario that takes longer hangs, in milliseconds. */
const PATIENCE = 15_000;

const options = readOptions();
const adapters = ADAPTERS.filter(({ name }) => name === SUBJECT || name.includes(options.only));
if (adapters.length === 1 && !SUBJECT.includes(options.only)) refuse(`no peer has "${options.only}" in its name`);

const names = adapters.map(({ name }) => name);
const versions = Object.fromEntries(names.map((name) => [name, versionOf(name)]));
console.log(`node ${process.versions.node}; ${Object.entries(versions).flat().join(' ')}\n`);
// One of them prints what it thinks of undefined otherwise.
process.env.NODE_ENV = 'production';
for (const adapter of adapters) await check(adapter);
const results = [];
for (const row of ROWS) results.push({ name: row.name, right: row.right, why: row.why, answers: await answersOf(row) });
console.log(table(results, names));
console.log(`\n${score(results, names)}\n\n${legend(ROWS)}`);
if (options.json !== undefined) {
  const json = { node: process.versions.node, versions, rows: results };
  writeFileSync(options.json, `${JSON.stringify(json, null, 2)}\n`);
}
const wrong = results.filter(({ answers }) => answers[names.indexOf(SUBJECT)].right === false);
for (const { name } of wrong) console.error(`\n${SUBJECT} is wrong in "${name}"`);
// Some peers have timers that would keep it alive; how long is one of the rows.
process.exit(wrong.length > 0 ? 1 : 0);

/** What each adapter answers, one after the other: they must not get in each other's way. */
async function answersOf(row) {
  const answers = [];
  for (const adapter of adapters) {
    const word = await answerOf(row, adapter);
    const right = word === undefined || row.right === undefined ? undefined : row.right.includes(word);
    answers.push({ name: adapter.name, word, right });
  }
  return answers;
}

/** An adapter's word in a row; none if it has nothing of what the row is about. */
async function answerOf({ needs = [], run }, adapter) {
  if (!needs.every((need) => adapter.has.includes(need))) return undefined;
  const word = await within(
    PATIENCE,
    run(adapter).catch(({ message }) => message),
  );
  return word === late ? 'hangs' : word;
}

/** The version of what an adapter is about. */
function versionOf(name) {
  const { folder = name } = ADAPTERS.find((adapter) => adapter.name === name);
  const manifest = new URL(`../../../node_modules/${folder}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/** Reads the command line. */
function readOptions() {
  const kinds = { json: { type: 'string' }, only: { type: 'string' }, help: { type: 'boolean' } };
  try {
    const { json, only = '', help } = parseArgs({ options: kinds }).values;
    if (help) {
      console.log(USAGE);
      process.exit(0);
    }
    // A file that cannot be written is found now, and not after half a minute.
    if (json !== undefined) closeSync(openSync(json, 'a'));
    return { json, only };
  } catch (error) {
    return refuse(error.message);
  }
}

function refuse(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
