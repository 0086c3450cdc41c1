// Bundlers, in production: a page with a dependency in CommonJS, in Chromium; and what is left of what isn't used.

import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { inPage } from '../pages.mjs';
import { project, run, tool, write } from '../projects.mjs';

/** The entries that run in a page. What `keylatch/undici` imports is Node's. */
const ENTRIES = [
  'keylatch',
  ...['slim', 'portable', 'keyv', 'did', 'unstorage', 'otel'].map((name) => `keylatch/${name}`),
];

/** The page that loads one script. */
const html = (script) => `<!doctype html>\n<title>keylatch</title>\n<script ${script}></script>\n`;

/** A package of a project's. */
const load = async (folder, name) => {
  const manifest = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  const { '.': entry = manifest.main } = manifest.exports ?? {};
  const target = typeof entry === 'string' ? entry : pick(entry);
  return import(pathToFileURL(join(folder, 'node_modules', name, target)).href);
};
const pick = (entry) => (typeof entry === 'string' ? entry : pick(entry.import ?? entry.node ?? entry.default));

/**
 * What makes a script of a program: `bundle(folder, entry)` returns its code. What takes a page as it is has `page`, which
 * writes it into dist/.
 */
const BUNDLERS = {
  esbuild: {
    title: 'esbuild',
    script: 'type="module"',
    async bundle(folder, entry) {
      const { build } = (await load(folder, 'esbuild')).default;
      const options = { bundle: true, minify: true, format: 'esm', write: false, logLevel: 'error' };
      const { outputFiles } = await build({ absWorkingDir: folder, entryPoints: [entry], ...options });
      return outputFiles[0].text;
    },
  },
  rollup: {
    title: 'Rollup with plugin-commonjs, a classic script without a charset',
    script: '',
    async bundle(folder, entry) {
      const { rollup } = await load(folder, 'rollup');
      const { default: commonjs } = await load(folder, '@rollup/plugin-commonjs');
      const { default: nodeResolve } = await load(folder, '@rollup/plugin-node-resolve');
      const plugins = [nodeResolve({ browser: true }), commonjs()];
      const bundle = await rollup({ input: join(folder, entry), plugins, logLevel: 'silent' });
      const { output } = await bundle.generate({ format: 'iife', name: 'program' });
      return output[0].code;
    },
  },
  rolldown: {
    title: 'Rolldown',
    script: 'type="module"',
    async bundle(folder, entry) {
      const { build } = await load(folder, 'rolldown');
      const output = { format: 'esm', minify: true };
      const made = await build({
        cwd: folder,
        input: entry,
        write: false,
        platform: 'browser',
        output,
        logLevel: 'silent',
      });
      return made.output[0].code;
    },
  },
  webpack: {
    title: 'webpack, a classic script without a charset',
    script: '',
    async bundle(folder, entry) {
      const { default: webpack } = await load(folder, 'webpack');
      return compile(webpack, folder, entry);
    },
  },
  rspack: {
    title: 'Rspack',
    script: '',
    async bundle(folder, entry) {
      const { rspack } = await load(folder, '@rspack/core');
      return compile(rspack, folder, entry);
    },
  },
  'bun-build': {
    title: "Bun's bundler",
    script: 'type="module"',
    async bundle(folder, entry) {
      await tool(folder, 'bun', ['build', entry, '--minify', '--target=browser', `--outfile=made/${entry}`]);
      return readFileSync(join(folder, 'made', entry), 'utf8');
    },
  },
  parcel: {
    title: 'Parcel',
    async bundle(folder, entry) {
      // Parcel reads `exports` only if the program's manifest says so.
      configure(folder);
      write(folder, 'alone.html', html(`type="module" src="./${entry}"`));
      await build(folder, ['alone.html', '--dist-dir', 'made']);
      return scripts(join(folder, 'made'));
    },
    async page(folder) {
      configure(folder);
      await build(folder, ['index.html', '--dist-dir', 'dist']);
    },
  },
  ...Object.fromEntries([6, 7, 8].map((major) => [`vite-${major}`, vite(`Vite ${major}`)])),
};

const configure = (folder) =>
  write(
    folder,
    'package.json',
    JSON.stringify({ private: true, '@parcel/resolver-default': { packageExports: true } }),
  );
const build = (folder, words) =>
  tool(folder, 'parcel', ['build', ...words, '--no-source-maps', '--public-url', './', '--cache-dir', 'made/cache']);

/** All scripts of a folder. */
const scripts = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');

/** webpack and those with its interface. */
async function compile(webpack, folder, entry) {
  const output = { path: join(folder, 'made'), filename: `${entry}.js`, chunkFormat: false };
  const options = {
    context: folder,
    mode: 'production',
    devtool: false,
    target: ['web', 'es2022'],
    entry: `./${entry}`,
    output,
  };
  const compiler = webpack(options);
  const stats = await new Promise((resolve, reject) =>
    compiler.run((error, stats) => (error ? reject(error) : compiler.close(() => resolve(stats)))),
  );
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  return readFileSync(join(folder, 'made', `${entry}.js`), 'utf8');
}

function vite(title) {
  const options = (folder) => ({ root: folder, base: './', configFile: false, logLevel: 'error' });
  return {
    title,
    async bundle(folder, entry) {
      const { build } = await load(folder, 'vite');
      const rollupOptions = { input: join(folder, entry) };
      const made = await build({ ...options(folder), build: { write: false, modulePreload: false, rollupOptions } });
      return [made].flat()[0].output[0].code;
    },
    async page(folder) {
      const { build } = await load(folder, 'vite');
      await build({ ...options(folder), build: { outDir: 'dist' } });
    },
  };
}

/** A bundler's cell: its page, its rests, and the size of a program that uses one class. */
async function inBundler(name, { script, bundle, page }) {
  const folder = await project(name);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  if (page) await page(folder);
  else {
    write(folder, 'dist/page.js', await bundle(folder, 'page.mjs'));
    write(folder, 'dist/index.html', html(`${script} src="./page.js"`));
  }
  const result = await inPage(join(folder, 'dist'));
  const alone = await bundle(folder, 'alone.mjs');
  write(folder, 'empty.mjs', 'console.log(1);\n');
  const empty = (await bundle(folder, 'empty.mjs')).length;
  for (const entry of ENTRIES) {
    const file = `unused-${entry.replace('/', '-')}.mjs`;
    write(
      folder,
      file,
      `import { Cache } from '${entry === ENTRIES[0] ? entry : ENTRIES[0]}';\nimport * as all from '${entry}';\nconsole.log(1);\n`,
    );
    const rest = (await bundle(folder, file)).length - empty;
    if (rest > 0) result.failures.push(`${rest} bytes are left of ${entry}, which isn't used`);
    else result.passed += 1;
  }
  return { ...result, size: gzipSync(alone, { level: 9 }).length };
}

/** Bun's bundle for itself, run by it. */
async function inBunBundle() {
  const folder = await project('bun-build');
  await tool(folder, 'bun', ['build', 'print.mjs', '--minify', '--target=bun', '--outfile=made/print.js']);
  const text = await run(folder, join(folder, 'node_modules/.bin/bun'), ['made/print.js']);
  return JSON.parse(text.trim().split('\n').at(-1));
}

export const cells = {
  ...Object.fromEntries(
    Object.entries(BUNDLERS).map(([name, bundler]) => [
      name,
      { where: bundler.title, how: 'production, a page in Chromium', run: () => inBundler(name, bundler) },
    ]),
  ),
  'bun-build-bun': { where: "Bun's bundler", how: 'for Bun', project: 'bun-build', run: inBunBundle },
};
