// The rules in TypeScript against those in Rust: what src/tier/tests/calls.rs has written down, call for call.
//
// `SEED=7 node tests/tier/run.mjs rules` plays the same worlds again.

import assert from 'node:assert/strict';
import * as esbuild from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const RULES = ['horizon', 'doubt', 'judge', 'feed'];

/** The rules, with some of their code replaced. */
async function load(from = '', to = '') {
  const contents = RULES.map((name) => `export * from './${name}.js';`).join('');
  const stdin = { contents, resolveDir: `${root}/pkg-template/src/tier/rules`, loader: 'ts' };
  const { outputFiles } = await esbuild.build({ stdin, bundle: true, format: 'esm', target: 'es2022', write: false });
  const [{ text }] = outputFiles;
  assert.ok(text.includes(from), `the rules have no ${from}`);
  return import(`data:text/javascript,${encodeURIComponent(text.replace(from, to))}`);
}

/** Plays calls. Throws if the rules answer another thing. */
function play({ Horizon, Doubt, Feed, judge }, calls) {
  const made = new Map();
  const one = (number, make) => made.get(number) ?? made.set(number, make()).get(number);
  for (const call of calls) {
    const { of, with: args } = call;
    let answer;
    if (call.rule === 'horizon') {
      const horizon = one(of, () => new Horizon());
      if (call.call === 'ask') {
        made.set(call.asked, horizon.ask());
        continue;
      }
      const gives = horizon.hear(made.get(call.asked), ...args);
      answer = { gives, since: horizon.since() ?? null, greatest: horizon.greatest };
    } else if (call.rule === 'doubt') {
      const doubt = one(of, () => new Doubt(...args));
      const gives = call.call === 'new' ? null : (doubt[call.call](...args) ?? null);
      answer = { gives: gives === Infinity ? null : gives, isOn: doubt.isOn, deadline: doubt.deadline };
    } else if (call.rule === 'feed') {
      const feed = one(of, () => new Feed());
      const gives = feed[call.call](...args.map((arg) => arg ?? undefined)) ?? null;
      answer = { gives, at: feed.at ?? null };
    } else {
      answer = { gives: judge(call.since, call) };
    }
    assert.deepEqual({ ...call, ...answer }, call);
  }
}

const seed = process.env.SEED ?? String(Math.floor(Math.random() * 2 ** 32));
let written;

/** What the model writes down, once. */
function calls() {
  if (written) return written;
  const file = `${root}/target/tier/calls.jsonl`;
  mkdirSync(`${root}/target/tier`, { recursive: true });
  const words = 'test --quiet --lib --features package,serde tier::tests::calls::write_calls -- --ignored';
  execFileSync('cargo', words.split(' '), { cwd: root, env: { ...process.env, SEED: seed, CALLS: file } });
  return (written = readFileSync(file, 'utf8').trimEnd().split('\n').map(JSON.parse));
}

test(`the rules in TypeScript answer as those in Rust do, with SEED=${seed}`, async () => {
  for (const rule of RULES) {
    const count = calls().filter((call) => call.rule === rule).length;
    assert.ok(count > 1000, `${rule} has ${count} calls`);
  }
  play(await load(), calls());
});

/** Some of their code, and what it must not become. */
const FAULTS = [
  ['sequence < asked.greatest', 'sequence < this.greatest'],
  ['asked.epoch !== known', 'false'],
  ['epochs.indexOf(epoch) < epochs.indexOf(known)', 'false'],
  ['isSame ? this.#current : 0', 'this.#current'],
  ['Math.max(this.greatest, sequence)', 'sequence'],
  ['isSame && this.#isDistrusted', 'false'],
  ['this.isOn &&= ', 'this.isOn = '],
  ['asked <= this.#last', 'false'],
  ['now >= this.deadline)', 'now > this.deadline)'],
  ['asked + this.#limit - now', 'this.#limit'],
  ['since < hard', 'since <= hard'],
  ['since < soft', 'since <= soft'],
  ['from <= at', 'from < at'],
  ['Math.max(at ?? 0, head)', 'head'],
];

for (const [from, to] of FAULTS) {
  test(`the rules in TypeScript with "${to}" instead of "${from}" answer something else`, async () => {
    const broken = await load(from, to);
    assert.throws(() => play(broken, calls()), assert.AssertionError);
  });
}
