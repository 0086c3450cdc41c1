// A program that imports the package, and has a dependency that requires it, in bundles for production.

import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import assert from 'node:assert';
import * as esbuild from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { build } from 'vite';
import { report } from './report.mjs';

const work = join(dirname(fileURLToPath(import.meta.url)), 'bundled');
mkdirSync(work, { recursive: true });
const input = join(work, 'program.mjs');
writeFileSync(
  join(work, 'dependency.cjs'),
  `const { Cache } = require('keylatch');
  exports.get = () => new Cache({ max: 2 }).set(1, 'required').get(1);`,
);
writeFileSync(
  input,
  `import { Cache } from 'keylatch';
  import { get } from './dependency.cjs';
  console.log(new Cache({ max: 2 }).set(1, 'imported').get(1), get());`,
);

function works(file) {
  const printed = execFileSync(process.execPath, [join(work, file)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  assert.equal(printed, 'imported required\n');
}

/** The formats of Rollup: all indent what they wrap. */
async function byRollup(format, file) {
  const bundle = await rollup({ input, plugins: [nodeResolve(), commonjs()], logLevel: 'silent' });
  await bundle.write({ file: join(work, file), format, name: 'program', indent: '\t' });
  works(file);
}

/** A program that uses `Cache` alone has no business with ACA-Py's classes. */
const alone = join(work, 'alone.mjs');
writeFileSync(alone, `import { Cache } from 'keylatch'; console.log(new Cache({ max: 2 }).set(1, 'set').get(1));`);

function holdsNoAriesClass(code) {
  assert.match(code, /"Cache"/);
  assert.doesNotMatch(code, /InMemoryCache|BaseCache/);
}

await report({
  'by Rollup, as a module': () => byRollup('es', 'rollup.mjs'),
  'by Rollup, as CommonJS': () => byRollup('cjs', 'rollup.cjs'),
  'by Rollup, as a classic script': () => byRollup('iife', 'rollup-iife.cjs'),
  'by Vite': async () => {
    const rollupOptions = { input, output: { format: 'es', entryFileNames: 'vite.mjs' } };
    const options = { outDir: work, emptyOutDir: false, target: 'esnext', minify: true, rollupOptions };
    await build({ root: work, configFile: false, logLevel: 'error', build: options });
    works('vite.mjs');
  },
  'by esbuild, with short lines': async () => {
    const outfile = join(work, 'esbuild.mjs');
    const options = { bundle: true, minify: true, lineLimit: 100, format: 'esm', charset: 'utf8' };
    await esbuild.build({ entryPoints: [input], outfile, ...options });
    works('esbuild.mjs');
  },
  'by esbuild, without what isn’t used': async () => {
    const options = { bundle: true, format: 'esm', minify: true, write: false };
    const { outputFiles } = await esbuild.build({ entryPoints: [alone], ...options });
    holdsNoAriesClass(outputFiles[0].text);
  },
  'by Rollup, without what isn’t used': async () => {
    const bundle = await rollup({ input: alone, plugins: [nodeResolve()], logLevel: 'silent' });
    const { output } = await bundle.generate({ format: 'es' });
    holdsNoAriesClass(output[0].code);
  },
});
