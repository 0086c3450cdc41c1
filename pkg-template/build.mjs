// Puts the package together: node pkg-template/build.mjs VERSION
//
// In:  target/glue, which wasm-pack has made of the crate, and pkg-template/src.
// Out: pkg/, ready for `npm pack`; and a line of JSON for each of its files, with its sizes.

import binaryen from 'binaryen';
import * as esbuild from 'esbuild';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'pkg-template/src');
const glue = join(root, 'target/glue');
/** Made aside, and put in its place when it is whole. */
const out = join(root, 'target/pkg');
const place = join(root, 'pkg');

/** The entries: where their WebAssembly comes from, and in which formats they are there. */
const ENTRIES = [
  { name: 'index', entry: 'index.ts', wasm: 'inline.ts', formats: ['esm', 'cjs'] },
  { name: 'slim', entry: 'slim.ts', wasm: 'slim.ts', formats: ['esm', 'cjs'] },
  { name: 'workerd', entry: 'index.ts', wasm: 'module.ts', formats: ['esm'], module: './cache.wasm' },
  { name: 'edge', entry: 'index.ts', wasm: 'module.ts', formats: ['esm'], module: './cache.wasm?module' },
];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const wasm = optimize(readFileSync(join(glue, 'keylatch_bg.wasm')));
writeFileSync(join(out, 'cache.wasm'), wasm);
for (const entry of ENTRIES) for (const format of entry.formats) await bundle(entry, format);
declare();
describe(process.argv[2]);
report();
rmSync(place, { recursive: true, force: true });
renameSync(out, place);

/** Makes the module small, and checks that it still is one. */
function optimize(bytes) {
  const module = binaryen.readBinary(bytes);
  // A panic ends in a trap one way or the other. Without the text of its message, everything that formats text is unused.
  const panics = /panicking::panic|raw_vec::handle_error|handle_alloc_error|wasm_bindgen::throw/;
  for (let index = 0; index < module.getNumFunctions(); index += 1) {
    const handle = module.getFunctionByIndex(index);
    const { name } = binaryen.getFunctionInfo(handle);
    if (panics.test(name.replace(/\[[0-9a-f]+\]/g, ''))) binaryen.Function(handle).body = module.unreachable();
  }
  // No feature flags: what the compiler used is in the module, and more is what some runtimes refuse.
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(1);
  module.optimize();
  module.runPasses(['strip-debug', 'strip-producers', 'strip-target-features']);
  module.optimize();
  const optimized = module.emitBinary();
  new WebAssembly.Module(optimized);
  return optimized;
}

async function bundle({ name, entry, wasm: origin, module }, format) {
  await esbuild.build({
    entryPoints: [join(source, entry)],
    outfile: join(out, `${name}.${format === 'cjs' ? 'cjs' : 'js'}`),
    bundle: true,
    format,
    platform: 'neutral',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [{ name: 'keylatch', setup: (build) => resolve(build, origin, module) }],
  });
}

/** Tells esbuild what the names with a # stand for. */
function resolve(build, origin, module) {
  build.onResolve({ filter: /^#wasm$/ }, () => ({ path: join(source, 'wasm', origin) }));
  build.onResolve({ filter: /^#module$/ }, () => ({ path: module, external: true }));
  build.onResolve({ filter: /^#(bytes|imports)$/ }, ({ path }) => ({ path, namespace: 'made' }));
  build.onLoad({ filter: /^#imports$/, namespace: 'made' }, () => ({ contents: imports(), resolveDir: glue }));
  build.onLoad({ filter: /^#bytes$/, namespace: 'made' }, () => {
    // A character for each byte instead of base64: base64 hides from gzip what repeats.
    return { contents: `export default ${JSON.stringify(Buffer.from(wasm).toString('latin1'))}` };
  });
  // The scripts beside the Rust code, in place of the copies of them that wasm-bindgen makes.
  build.onResolve({ filter: /\/snippets\/keylatch-[0-9a-f]+\// }, ({ path }) => {
    return { path: join(root, path.replace(/^.*\/snippets\/[^/]+\//, '')) };
  });
}

/** A module with just what the WebAssembly module imports. */
function imports() {
  const lines = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).map(({ module, name }) => {
    return `export { ${name} } from ${JSON.stringify(module)};`;
  });
  return `${lines.join('\n')}\nexport { __wbg_set_wasm } from './keylatch_bg.js';`;
}

/** Writes the types, for both kinds of modules. */
function declare() {
  const types = join(root, 'target/types');
  rmSync(types, { recursive: true, force: true });
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'pkg-template')], {
    stdio: 'inherit',
  });
  const declared = join(types, 'pkg-template/src');
  for (const path of readdirSync(declared, { recursive: true })) {
    if (!path.endsWith('.d.ts')) continue;
    const text = readFileSync(join(declared, path), 'utf8').replace(/^/, '/// <reference lib="esnext.disposable" />\n');
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
    writeFileSync(join(out, path.replace(/\.d\.ts$/, '.d.cts')), text.replace(/(from '[^']+)\.js'/g, "$1.cjs'"));
  }
}

/** Writes what npm shows and checks. */
function describe(version) {
  const manifest = JSON.parse(readFileSync(join(root, 'pkg-template/package.json'), 'utf8'));
  writeFileSync(join(out, 'package.json'), `${JSON.stringify({ ...manifest, version }, undefined, 2)}\n`);
  for (const file of ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'CHANGELOG.md']) {
    cpSync(join(root, file), join(out, file));
  }
}

function report() {
  for (const file of readdirSync(out).sort()) {
    if (!/\.(c?js|wasm)$/.test(file)) continue;
    const bytes = readFileSync(join(out, file));
    const isCode = !file.endsWith('.wasm');
    const minified = isCode
      ? esbuild.transformSync(bytes.toString(), { minify: true, format: file.endsWith('.cjs') ? 'cjs' : 'esm' }).code
      : bytes;
    const gzip = (data) => gzipSync(data, { level: 9 }).length;
    console.log(JSON.stringify({ file, raw: bytes.length, gzip: gzip(bytes), minified: gzip(minified) }));
  }
}
