// What a crate gets that depends on keylatch without features: node tests/features/run.mjs
//
// No dependency, and in WebAssembly no export, no import and no allocator. The npm package's features bring them.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const target = 'wasm32-unknown-unknown';
/** What the linker exports of every module. */
const LINKER = ['memory', '__data_end', '__heap_base'];

function cargo(...words) {
  return execFileSync('cargo', words, { cwd: root, encoding: 'utf8' });
}

/** The module that the crate alone becomes, without features. */
function compile() {
  const folder = join(root, 'target/features');
  cargo('rustc', '--quiet', '--lib', '--target', target, '--crate-type', 'cdylib', '--target-dir', folder);
  return read(folder, 'debug');
}

const read = (folder, profile) => new WebAssembly.Module(readFileSync(join(folder, target, profile, 'keylatch.wasm')));

const exported = (module) => WebAssembly.Module.exports(module).map(({ name }) => name);
const isOwn = (name) => !LINKER.includes(name);

/** The crates that it is made of, itself included. */
function dependencies(features) {
  const options = ['--edges', 'normal', '--prefix', 'none', '--format', '{p}', '--target', target];
  const tree = cargo('tree', '--package', 'keylatch', '--features', features, ...options);
  return [...new Set(tree.split('\n').flatMap((line) => line.split(' ')[0] || []))];
}

let [passed, failed] = [0, 0];
function check(name, found, fits) {
  if (fits) passed += 1;
  else failed += 1;
  if (!fits) console.log(`FAILED ${name}: ${JSON.stringify(found)}`);
}

const begun = performance.now();
const bare = compile();
// What `cargo xtask build` has made, with `package`.
const whole = read(join(root, 'target'), 'release');
check('without features it exports nothing', exported(bare), !exported(bare).some(isOwn));
const imports = WebAssembly.Module.imports(bare);
check('without features it imports nothing', imports, imports.length === 0);
check('without features it depends on nothing', dependencies(''), String(dependencies('')) === 'keylatch');
// Otherwise nobody could tell whether this looks at the right module and the right crates.
check(
  '`package` has the boundary',
  exported(whole).length,
  exported(whole).some((name) => name.startsWith('cacheOpen')),
);
check('`package` has the allocator', dependencies('package'), dependencies('package').includes('lol_alloc'));
const seconds = ((performance.now() - begun) / 1000).toFixed(2);
console.log(
  `features: test result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; finished in ${seconds} s`,
);
process.exitCode = failed > 0 ? 1 : 0;
