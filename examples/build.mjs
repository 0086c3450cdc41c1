// Builds the examples, each with the cache and without it, and prints what the cache adds:
//
//   node examples/build.mjs [NAME...] [--compare NAME]...
//
// With --compare, only those examples are built without the cache, too. That takes up to a minute for each.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
/** One folder for all: what several examples are made of is compiled once. */
const target = join(root, 'target/examples');
const triple = 'wasm32-unknown-unknown';

/**
 * How the glue of each example loads its module, and the most bytes that the cache may add to it, gzipped. The goal is 20,000;
 * docs/decisions/rust-size.md tells what they are.
 */
const EXAMPLES = {
  worker: { glue: 'bundler', budget: 31_500 },
  page: { glue: 'web', budget: 27_500 },
  leptos: { glue: 'web', budget: 27_500 },
};

/**
 * The linker puts nothing below the address 1024. Functions that look alike make gzip's work easy; copies of them inside
 * others don't.
 */
const OPTIMIZE = [
  '-Oz',
  '--low-memory-unused',
  '--one-caller-inline-max-function-size=40',
  '--strip-debug',
  '--strip-producers',
];

/** Where an example was built into. */
export const built = (name, variant = 'cached') => join(target, 'built', name, variant);

function run(program, ...words) {
  const tools = [join(root, 'target/tools/bin'), join(root, 'node_modules/.bin'), process.env.PATH];
  const env = { ...process.env, PATH: tools.join(delimiter) };
  execFileSync(program, words, { cwd: root, env, stdio: 'inherit' });
}

/** Builds an example with the cache or without it. Returns the size of its module, gzipped. */
function build(name, variant) {
  const folder = built(name, variant);
  const features = variant === 'cached' ? [] : ['--no-default-features'];
  const manifest = join(here, name, 'Cargo.toml');
  const options = ['--release', '--quiet', '--locked', '--target', triple, '--target-dir', target];
  run('cargo', 'build', ...options, '--manifest-path', manifest, ...features);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const crate = `${name}_example`;
  const compiled = join(target, triple, 'release', `${crate}.wasm`);
  run('wasm-bindgen', '--target', EXAMPLES[name].glue, '--no-typescript', '--out-dir', folder, compiled);
  const module = join(folder, `${crate}_bg.wasm`);
  run('wasm-opt', ...OPTIMIZE, module, '-o', module);
  cpSync(join(here, name), folder, { recursive: true, filter: (path) => !/(\/src|\/test|\.toml|\.lock)$/.test(path) });
  return gzipSync(readFileSync(module), { level: 9 }).length;
}

function main(names, compared) {
  const print = (name, ...sizes) => console.log([name.padEnd(16), ...sizes.map((size) => size.padStart(10))].join(' '));
  console.log();
  print('module, gzipped', 'with', 'without', 'the cache');
  for (const name of names) {
    const cached = build(name, 'cached');
    if (!compared.includes(name)) {
      print(name, `${cached}`);
      continue;
    }
    const uncached = build(name, 'uncached');
    const added = cached - uncached;
    print(name, `${cached}`, `${uncached}`, `${added}`);
    const { budget } = EXAMPLES[name];
    if (added <= budget) continue;
    console.log(`the cache adds more than ${budget} bytes`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { compare: { type: 'string', multiple: true } };
  const { positionals, values } = parseArgs({ options, allowPositionals: true });
  const names = positionals.length > 0 ? positionals : Object.keys(EXAMPLES);
  main(names, values.compare ?? names);
}
