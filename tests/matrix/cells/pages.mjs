// Places in a page, in Chromium and Firefox, without a bundler or as one script.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { versionOf } from '../../browsers.mjs';
import { inPage } from '../pages.mjs';
import { project, write } from '../projects.mjs';

const SEND = "fetch('./result', { method: 'POST', body: JSON.stringify(data) })";

/** The program as one script: for an import map, nothing but the package is outside. */
async function bundle(folder, entry, options) {
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    outdir: 'dist',
    logLevel: 'error',
    ...options,
  });
}

/** What sends its result to the page. */
const PORT = {
  dedicated: 'check().then((result) => postMessage(result));',
  shared: "addEventListener('connect', ({ ports }) => check().then((result) => ports[0].postMessage(result)));",
  // A worklet has no timers. Loads and locks need some, even if they never fire.
  worklet: `
    if ('setTimeout' in globalThis) throw new Error('a worklet has timers by now');
    Object.assign(globalThis, { setTimeout: () => 0, clearTimeout() {} });
    registerProcessor('program', class extends AudioWorkletProcessor {
      constructor() {
        super();
        check().then((result) => this.port.postMessage(result), (error) => this.port.postMessage({ passed: 0, failures: [String(error)] }));
      }
      process() { return true; }
    });`,
};
const OPEN = {
  dedicated: `const worker = new Worker('./dedicated.js', { type: 'module' });
    worker.onmessage = ({ data }) => ${SEND};
    worker.onerror = ({ message }) => { const data = { passed: 0, failures: [message] }; ${SEND}; };`,
  shared: `const worker = new SharedWorker('./shared.js', { type: 'module' });
    worker.port.onmessage = ({ data }) => ${SEND};
    worker.onerror = ({ message }) => { const data = { passed: 0, failures: [message] }; ${SEND}; };`,
  worklet: `const context = new OfflineAudioContext(1, 44100, 44100);
    await context.audioWorklet.addModule('./worklet.js');
    const node = new AudioWorkletNode(context, 'program');
    node.connect(context.destination);
    node.port.onmessage = ({ data }) => ${SEND};
    node.onprocessorerror = ({ message }) => { const data = { passed: 0, failures: ['processor: ' + message] }; ${SEND}; };
    await context.startRendering();`,
};

/** The package as it lies in node_modules, found by an import map. The dependency is bundled: no browser requires. */
async function importMap(folder) {
  write(folder, 'shim.cjs', "import * as keylatch from 'keylatch'; export { keylatch };");
  await bundle(folder, 'page.mjs', {
    format: 'esm',
    external: ['keylatch'],
    alias: { 'matrix-dependency': './shim.cjs' },
  });
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ['node_modules/keylatch/index.js'],
    outfile: 'dist/keylatch/index.js',
  });
  write(
    folder,
    'dist/index.html',
    `<!doctype html><title>keylatch</title>
<script type="importmap">{ "imports": { "keylatch": "./keylatch/index.js" } }</script>
<script type="module" src="./page.js"></script>`,
  );
}

/** One script for all, with the letters of the module as they are. The page doesn't say its charset. */
async function classicScript(folder) {
  await bundle(folder, 'page.mjs', { format: 'iife', charset: 'utf8', minify: true });
  write(folder, 'dist/index.html', '<!doctype html><title>keylatch</title>\n<script src="./page.js"></script>\n');
}

async function trustedTypes(folder) {
  await bundle(folder, 'page.mjs', { format: 'esm', minify: true });
  const policy = "script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";
  write(
    folder,
    'dist/index.html',
    `<!doctype html><title>keylatch</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<script type="module" src="./page.js"></script>`,
  );
}

const inside = (kind) => async (folder) => {
  write(folder, `${kind}.mjs`, `import { check } from './program.mjs';\n${PORT[kind]}\n`);
  await bundle(folder, `${kind}.mjs`, { format: 'esm' });
  write(
    folder,
    'dist/index.html',
    `<!doctype html><title>keylatch</title>\n<script type="module">${OPEN[kind]}</script>\n`,
  );
};

const PLACES = {
  'import-map': ['an import map, without a bundler', importMap],
  'classic-script': ['a classic script, without a charset', classicScript],
  'trusted-types': ['a policy with Trusted Types', trustedTypes],
  worker: ['a dedicated worker', inside('dedicated')],
  'shared-worker': ['a shared worker', inside('shared')],
  'audio-worklet': ['an audio worklet, with timers of yours', inside('worklet')],
};

async function open(browser, name, make) {
  const folder = await project(`${browser}-${name}`);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  await make(folder);
  return inPage(join(folder, 'dist'), 'index.html', browser);
}

export const cells = Object.fromEntries(
  Object.entries({ chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' }).flatMap(([browser, where]) =>
    Object.entries(PLACES).map(([name, [how, make]]) => [
      `${browser}-${name}`,
      { where, how, version: () => versionOf(browser), run: () => open(browser, name, make) },
    ]),
  ),
);
