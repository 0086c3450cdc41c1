// Puts the package together: node pkg-template/build.mjs VERSION
//
// In:  target/glue, which wasm-bindgen has made of the crate, and pkg-template/src.
// Out: pkg/, ready for `npm pack`; and a line of JSON for each of its files, with its sizes.

import { decode, encode as encodeMappings } from '@jridgewell/sourcemap-codec';
import binaryen from 'binaryen';
import * as esbuild from 'esbuild';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { minify } from 'terser';
import { encode, script } from './encode.mjs';
import { breakLines } from './lines.mjs';
import { relink } from './module.mjs';
import { notices } from './notices.mjs';
import { toScript } from './portable.mjs';
import { assertNoTexts, eraseTexts } from './texts.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'pkg-template/src');
const glue = join(root, 'target/glue');
const types = join(root, 'target/types');
/** The types as the compiler writes them, a file for each source. */
const declared = join(types, 'pkg-template/src');
/** Declarations that are in another entry's file; for a store, the contract is in that of the tier. */
const [OTHERS, OTHERS_OF_STORES] = [
  /^(\.\.?\/)+(index|slim|portable)\.js$/,
  /^(\.\.?\/)+(index|slim|portable|store)\.js$/,
];
/** The second tier and its stores, each with its source. They import nothing of the package but types. */
const TIERS = {
  tier: 'tier/tier',
  redis: 'tier/redis',
  idb: 'tier/idb',
  sealed: 'tier/sealed',
  durable: 'tier/durable',
  kv: 'tier/kv',
  'tier-suite': 'tier/suite',
};
/** The entries whose types are rolled up, each with its source. */
const DECLARED = { index: 'index', slim: 'slim', portable: 'portable', ...TIERS };
/** What the package's own manifest says. */
const manifest = JSON.parse(readFileSync(join(root, 'pkg-template/package.json'), 'utf8'));
/** The names under which the module exports its functions, and the short ones that they get. */
const names = {};
const PURE = '/*@__PURE__*/pure';
const PLACEHOLDER = 'PURE'.padEnd(PURE.length, '_');
/** The name under which the scripts with the module inside know its text, which stands at their end. */
const TEXT = 'keylatchModule';
/** Made aside, and put in its place when it is whole. */
const out = join(root, 'target/pkg');
const place = join(root, 'pkg');

/** The entries: where their WebAssembly comes from, and in which formats they are there. */
const ENTRIES = [
  { name: 'index', entry: 'index.ts', wasm: 'inline.ts', formats: ['esm', 'cjs'] },
  { name: 'slim', entry: 'slim.ts', wasm: 'slim.ts', formats: ['esm', 'cjs'] },
  { name: 'portable', entry: 'portable.ts', wasm: 'portable.ts', formats: ['esm', 'cjs'] },
  { name: 'workerd', entry: 'index.ts', wasm: 'module.ts', formats: ['esm'], module: './cache.wasm?module' },
  { name: 'edge', entry: 'index.ts', wasm: 'module.ts', formats: ['esm'], module: './cache.wasm?module' },
];

/**
 * Caches as what other libraries take, and libraries as stores. They are over the public classes alone, which they import as
 * everybody does.
 */
const ADAPTERS = ['keyv', 'undici', 'did', 'unstorage', 'otel', 'next'];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const wasm = optimize(readFileSync(join(glue, 'keylatch_bg.wasm')));
writeFileSync(join(out, 'cache.wasm'), wasm);
const encoded = encode(wasm);
const code = toScript(wasm);
await declare();
const internal = internalNames();
for (const entry of ENTRIES) for (const format of entry.formats) await bundle(entry, format);
await buildAdapters();
for (const [name, entry] of Object.entries(TIERS)) {
  // What is in a database has the same names in each version.
  const hasNames = name === 'durable' || name === 'idb';
  await buildAlone(name, join(source, `${entry}.ts`), hasNames ? {} : shortened());
}
// What the module imports stands beside it, for those who import it like a script.
await esbuild.build({ entryPoints: [join(source, 'wasm/date.ts')], outdir: out, target: 'es2022' });
cpSync(join(source, 'wasm/cache.wasm.d.ts'), join(out, 'cache.wasm.d.ts'));
describe(process.argv[2]);
await report();
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
  rename(module, createHash('sha256').update(bytes).digest('hex').slice(0, 8));
  // No feature flags: what the compiler used is in the module, and more is what some runtimes refuse.
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(1);
  // The linker puts nothing below the address 1024.
  binaryen.setLowMemoryUnused(true);
  // Functions that look alike make gzip's work easy: copies of them inside others, even where it is the only one, don't.
  binaryen.setOneCallerInlineMaxSize(40);
  module.optimize();
  module.runPasses(['strip-debug', 'strip-producers', 'strip-target-features']);
  module.optimize();
  const withTexts = module.emitBinary();
  eraseTexts(withTexts, module.emitText());
  const bare = binaryen.readBinary(withTexts);
  bare.setFeatures(module.getFeatures());
  bare.runPasses(['memory-packing', 'reorder-functions']);
  const optimized = relink(bare.emitBinary(), ({ name }) => {
    if (!name.startsWith('__wbg_now_')) throw new Error(`the module imports ${name}, which the package doesn't have`);
    return { module: './date.js', name: 'now' };
  });
  assertNoTexts(optimized);
  new WebAssembly.Module(optimized);
  return optimized;
}

/**
 * Gives the module's functions short names, and drops what wasm-bindgen exports for its own glue: numbers need none.
 *
 * @param digest What tells this module from others.
 */
function rename(module, digest) {
  const exported = Array.from({ length: module.getNumExports() }, (_, index) => {
    return binaryen.getExportInfo(module.getExportByIndex(index));
  });
  for (const { name, value, kind } of exported.filter(({ name }) => name !== 'memory')) {
    module.removeExport(name);
    if (kind !== binaryen.ExternalFunction || !/^(cache|clock|latch|flight)[A-Z]/.test(name)) continue;
    // One of them says which module it is: scripts refuse to work with another one.
    names[name] = `$${name === 'cacheOpen' ? digest : Object.keys(names).length.toString(36)}`;
    module.addFunctionExport(value, names[name]);
  }
}

async function bundle({ name, entry, wasm: origin, module }, format) {
  const outfile = join(out, `${name}.${format === 'cjs' ? 'cjs' : 'js'}`);
  await esbuild.build({
    entryPoints: [join(source, entry)],
    outfile,
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format,
    platform: 'neutral',
    target: 'es2022',
    legalComments: 'none',
    ...shortened(),
    mangleCache: names,
    logLevel: 'warning',
    plugins: [{ name: 'keylatch', setup: (build) => resolve(build, origin, module) }],
  });
  await shrink(outfile, origin === 'inline.ts' ? `var ${TEXT}="${encoded.text}";\n` : '');
  relinkSourceMap(outfile);
}

/** Builds the adapters: scripts of a few lines, with the declarations that the compiler writes against what is built. */
async function buildAdapters() {
  const project = join(source, 'adapters');
  compile(project);
  for (const name of ADAPTERS) {
    await buildAlone(name, join(project, `${name}.ts`));
    const text = readFileSync(join(types, 'adapters/adapters', `${name}.d.ts`), 'utf8').replace(
      / from 'keylatch(?:\/(\w+))?'/g,
      (_, entry = 'index') => ` from './${entry}.cjs'`,
    );
    // A module of CommonJS with a default export is something else for each tool: there, it has just its name.
    const [, byDefault] = /^(?:\/\*\*.*\*\/\n)?export default (\w+);$/m.exec(text) ?? [];
    writeFileSync(join(out, `${name}.d.cts`), text.replace(/^(\/\*\*.*\*\/\n)?export default .*\n/m, ''));
    const more = byDefault ? `export { ${byDefault} as default } from './${name}.cjs';\n` : '';
    writeFileSync(join(out, `${name}.d.ts`), `export * from './${name}.cjs';\n${more}`);
  }
}

/** Gives short names to the properties that only this package's own files know. */
function shortened() {
  return { mangleProps: new RegExp(`^(${[...Object.keys(names), ...internal].join('|')})$`) };
}

/** Bundles a subpath that needs nothing of the others. */
async function buildAlone(name, entry, more = {}) {
  for (const format of ['esm', 'cjs']) {
    const outfile = join(out, `${name}.${format === 'cjs' ? 'cjs' : 'js'}`);
    const options = {
      bundle: true,
      packages: 'external',
      tsconfigRaw: {},
      minify: true,
      sourcemap: 'linked',
      legalComments: 'none',
      ...more,
    };
    await esbuild.build({ entryPoints: [entry], outfile, format, platform: 'neutral', target: 'es2022', ...options });
    await shrink(outfile, '');
    relinkSourceMap(outfile);
  }
}

/** Has the compiler of TypeScript write the declarations of a project. */
function compile(project) {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', project], { stdio: 'inherit' });
}

/** Makes a bundle smaller than esbuild does. What comes behind it stays as it is. */
async function shrink(file, footer) {
  const { code, map: text } = await minify(readFileSync(file, 'utf8'), {
    ecma: 2022,
    module: file.endsWith('.js'),
    toplevel: true,
    // Constants stay on the right, and functions outside others: the more alike the code is, the better it zips.
    compress: { passes: 3, inline: 1, lhs_constants: false },
    format: { ascii_only: true },
    sourceMap: { content: readFileSync(`${file}.map`, 'utf8') },
  });
  const map = JSON.parse(text);
  const before = code.includes(PLACEHOLDER) ? 'var pure=t=>t();\n' : '';
  // A line before the others.
  if (before) map.mappings = `;${map.mappings}`;
  writeFileSync(
    file,
    `${before}${code.replaceAll(PLACEHOLDER, PURE)}\n${footer}//# sourceMappingURL=${basename(file)}.map\n`,
  );
  writeFileSync(`${file}.map`, JSON.stringify(map));
}

/**
 * Breaks a script into lines, and lets its map name the sources in the package, which are there once for all maps; what was
 * made has none.
 */
function relinkSourceMap(file) {
  const { code, map } = breakLines(readFileSync(file, 'utf8'), JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  writeFileSync(file, code);
  leaveOutMade(map);
  map.sourcesContent = map.sources.map((name) => (name.startsWith('virtual:') ? '' : null));
  map.sources = map.sources.map((name) => {
    if (name.startsWith('virtual:')) return name;
    const path = join(out, name);
    const place = path.startsWith(source) ? relative(source, path) : join('wasm', basename(path));
    mkdirSync(dirname(join(out, 'src', place)), { recursive: true });
    cpSync(path, join(out, 'src', place));
    return `src/${place}`;
  });
  writeFileSync(`${file}.map`, JSON.stringify(map));
}

/** Lets the map say nothing of code that was made: no source shows it, and it would be more than all else. */
function leaveOutMade(map) {
  const isMade = ([, source]) => map.sources[source]?.startsWith('virtual:') ?? false;
  const lines = decode(map.mappings).map((segments) => {
    const left = segments.map((segment) => (isMade(segment) ? [segment[0]] : segment));
    return left.filter((segment, index) => segment.length > 1 || left[index - 1]?.length > 1);
  });
  map.mappings = encodeMappings(lines);
}

/**
 * Lets bundlers drop a class that a program doesn't use. They keep one whose methods have computed names, since to compute
 * them could do something; so each is made by a call that is marked as pure. The mark has to outlast the minifiers, hence
 * the placeholder, of the same length as what comes in its place.
 */
function markPure(code) {
  return code.replace(
    /^export ((?:abstract )?class (\w+)[^]*?^\})$/gm,
    `export const $2 = ${PLACEHOLDER}(() => { $1; return $2; });`,
  );
}

/** Tells esbuild what the names with a # stand for. */
function resolve(build, origin, module) {
  build.onResolve({ filter: /^#wasm$/ }, () => ({ path: join(source, 'wasm', origin) }));
  build.onResolve({ filter: /^#module$/ }, () => ({ path: module, external: true }));
  build.onResolve({ filter: /^#(bytes|code)$/ }, ({ path }) => ({ path, namespace: 'virtual' }));
  build.onLoad({ filter: /\/aries\/.*\.ts$/ }, ({ path }) => ({
    contents: markPure(readFileSync(path, 'utf8')),
    loader: 'ts',
  }));
  build.onLoad({ filter: /^#code$/, namespace: 'virtual' }, () => ({ contents: code }));
  build.onLoad({ filter: /^#bytes$/, namespace: 'virtual' }, () => ({ contents: script(encoded, TEXT) }));
}

/**
 * Writes the types: a file for each entry, for `import` and `require` alike, so that a program that does both has one
 * class where the runtime gives it one. It is a CommonJS one, which every module may import.
 */
async function declare() {
  rmSync(types, { recursive: true, force: true });
  compile(join(root, 'pkg-template'));
  for (const [name, entry] of Object.entries(DECLARED)) {
    const rolled = await rollup({
      input: join(declared, `${entry}.d.ts`),
      // The other entry has its own file.
      external: (id, importer) => importer !== undefined && (name === 'tier' ? OTHERS : OTHERS_OF_STORES).test(id),
      plugins: [dts()],
    });
    const { output } = await rolled.generate({
      paths: (id) => `./${basename(id, '.js').replace('store', 'tier')}.cjs`,
    });
    const text = `/// <reference lib="esnext.disposable" />\n${tidy(output[0].code, entry)}`;
    // The pages that comments name are not in the package.
    writeFileSync(
      join(out, `${name}.d.cts`),
      text.replace(/`(docs\/[^`]+)`/g, (_, path) => `[${path}](${address(path)})`),
    );
    writeFileSync(join(out, `${name}.d.ts`), `export * from './${name}.cjs';\n`);
  }
}

/**
 * Exports as types what the entry exports so: classes too, which rolling up has made values. And gives the symbols of
 * `using` the names that programs know.
 */
function tidy(text, name) {
  const entry = readFileSync(join(declared, `${name}.d.ts`), 'utf8');
  const types = new Set([...entry.matchAll(/^export type \{([^}]*)\}/gm)].flatMap(([, list]) => list.match(/\w+/g)));
  const known = text
    .replace(/(\/\*\*[^\n]*\*\/\n)?declare const (asyncD|d)ispose: .*\n/g, '')
    .replace(/\[(asyncDispose|dispose)\]/g, '[Symbol.$1]');
  return known.replace(/^export \{ (.*) \};$/m, (_, list) => {
    return `export { ${list
      .split(', ')
      .map((name) => (types.has(name) ? `type ${name}` : name))
      .join(', ')} };`;
  });
}

/**
 * The properties that only this package's own files know: of a name that no public type has, nor the language, nor a
 * browser.
 */
function internalNames() {
  const code = (file) => readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\//g, '');
  const all = readdirSync(declared, { recursive: true }).filter((file) => file.endsWith('.d.ts'));
  const shown = Object.keys(DECLARED).map((name) => code(join(out, `${name}.d.cts`)));
  // The compiler is a package for each platform, which has the declarations of the language and of browsers.
  const compilers = join(root, 'node_modules/@typescript');
  const library = readdirSync(compilers)
    .filter((name) => name.startsWith('typescript-'))
    .map((name) => join(compilers, name, 'lib'))
    .find((folder) => existsSync(join(folder, 'lib.dom.d.ts')));
  const libraries = readdirSync(library).filter((file) => /^lib\..*\.d\.ts$/.test(file));
  const known = libraries.map((file) => code(join(library, file)));
  const taken = new Set([...shown, ...known].join('\n').match(/\w+/g));
  const clashes = Object.keys(names).filter((name) => taken.has(name));
  if (clashes.length > 0) throw new Error(`these exports have names that others have too: ${clashes.join(', ')}`);
  const members = all
    // What is global belongs to the platform.
    .map((file) => code(join(declared, file)).replace(/^declare global \{[^]*?^\}/gm, ''))
    .join('\n')
    .matchAll(/^\s+(?:readonly |get |set |static |async )*(\w+)[?]?[(:<;]/gm);
  return new Set([...members].map(([, name]) => name).filter((name) => !taken.has(name)));
}

/** Writes what npm shows and checks. */
function describe(version) {
  const page = repository();
  const more = { version, homepage: `${page}#readme`, bugs: { url: `${page}/issues` } };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify({ ...manifest, ...more }, undefined, 2)}\n`);
  for (const [file, text] of Object.entries(notices(root, version))) writeFileSync(join(out, file), text);
  for (const file of ['LICENSE-MIT', 'LICENSE-APACHE']) cpSync(join(root, file), join(out, file));
  for (const file of ['README.md', 'CHANGELOG.md']) {
    const text = readFileSync(join(root, file), 'utf8');
    writeFileSync(
      join(out, file),
      text.replace(/\]\((?!\w+:|#)([^)]+)\)/g, (_, path) => `](${address(path)})`),
    );
  }
}

/** The page of the repository, which the manifest alone names. */
function repository() {
  return manifest.repository.url.replace(/^git\+|\.git$/g, '');
}

/** The address of one of the repository's files: of its page, or of the file itself where that is a picture. */
function address(path) {
  return `${repository()}/${path.endsWith('.svg') ? 'raw' : 'blob'}/HEAD/${path}`;
}

/** What a bundler makes of a program: of one that uses `Cache`, with its locks and loads, or an adapter. */
async function bundleAlone(contents) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: out },
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['*.wasm?module'],
    packages: 'external',
    write: false,
  });
  return outputFiles[0].contents;
}

async function report() {
  const files = readdirSync(out)
    .filter((file) => /\.(c?js|wasm)$/.test(file))
    .sort()
    .map((file) => [file, readFileSync(join(out, file))]);
  const core = await bundleAlone("export { Cache } from './workerd.js';");
  const subpaths = [...ADAPTERS, ...Object.keys(TIERS)].map(async (name) => [
    name,
    await bundleAlone(`export * from './${name}.js';`),
  ]);
  for (const [file, bytes] of [...files, ['core', core], ...(await Promise.all(subpaths))]) {
    console.log(JSON.stringify({ file, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length }));
  }
}
