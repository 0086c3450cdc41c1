// Programs that import the package in one place and require it in another, bundled: they have it once.

import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rollup } from 'rollup';
import * as vite from 'vite';
import { consumer } from './consumer.mjs';

const folder = join(consumer, 'mixed-bundles');
const entry = join(folder, 'entry.mjs');

/** What makes one file of the program. */
const BUNDLERS = {
  'esbuild, for browsers': (outfile) => byEsbuild(outfile, 'browser'),
  'esbuild, for Node': (outfile) => byEsbuild(outfile, 'node'),
  'Vite with Rolldown': async (outfile) => {
    const output = { entryFileNames: 'vite.mjs' };
    const build = { outDir: join(outfile, '..'), emptyOutDir: false, rollupOptions: { input: entry, output } };
    await vite.build({ configFile: false, logLevel: 'error', root: folder, build });
    return join(outfile, '../vite.mjs');
  },
  Rollup: async (outfile) => {
    const program = await rollup({ input: entry, plugins: [nodeResolve(), commonjs()], logLevel: 'silent' });
    await program.write({ file: outfile, format: 'es' });
    return outfile;
  },
};

async function byEsbuild(outfile, platform) {
  await esbuild.build({ entryPoints: [entry], bundle: true, format: 'esm', platform, outfile, logLevel: 'silent' });
  return outfile;
}

/** Bundles a program for each entry of the package with each bundler, and runs it. */
export async function inMixedBundles() {
  const failures = [];
  const specifiers = ['keylatch', 'keylatch/slim'];
  for (const specifier of specifiers) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      entry,
      `import { Cache } from '${specifier}';\nimport required from './required.cjs';\nconsole.log(Cache === required.Cache);\n`,
    );
    writeFileSync(join(folder, 'required.cjs'), `module.exports = require('${specifier}');\n`);
    for (const [name, bundle] of Object.entries(BUNDLERS)) {
      try {
        const file = await bundle(join(folder, 'dist', `${Object.keys(BUNDLERS).indexOf(name)}.mjs`));
        const printed = execFileSync('node', [file], { encoding: 'utf8' });
        if (printed !== 'true\n') throw new Error(`two classes, in ${statSync(file).size} bytes: ${printed}`);
        // What stands once in a copy.
        const copies = readFileSync(file, 'utf8').split('keylatch.CacheError').length - 1;
        if (copies !== 1) throw new Error(`${copies} copies`);
      } catch (error) {
        failures.push({ name: `${name}: ${specifier}`, error: String(error.stack) });
      }
    }
  }
  return { seed: 0, passed: specifiers.length * Object.keys(BUNDLERS).length - failures.length, failures };
}
