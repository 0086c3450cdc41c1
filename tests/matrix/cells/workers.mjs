// Cloudflare's tools and Nitro, each as a program for production and as they run it.

import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { project, root, run, tool, write } from '../projects.mjs';

const DATE = '2026-06-01';
const WORKER = `import { check } from './program.mjs';
export default { fetch: async () => Response.json(await check()) };
`;
/** Whatever else they want to know or to tell. */
const env = { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' };

/** The result among what a program has printed. */
const last = (text) => JSON.parse(text.split('\n').findLast((line) => line.startsWith('{')));

/** wrangler bundles it as for a deployment, and runs it. It asks for a newer Node than the tests do. */
async function wrangler() {
  const folder = await project('wrangler');
  const node = join(folder, 'node_modules/node/bin/node');
  write(folder, 'worker.mjs', WORKER);
  write(folder, 'wrangler.json', JSON.stringify({ name: 'program', main: 'worker.mjs', compatibility_date: DATE }));
  await run(folder, node, ['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run', '--outdir=made'], { env });
  write(
    folder,
    'ask.mjs',
    `import { unstable_startWorker } from 'wrangler';
const worker = await unstable_startWorker({ config: 'wrangler.json', dev: { server: { port: 0 }, inspector: false } });
const response = await worker.fetch('http://localhost/');
console.log('\\n' + await response.text());
await worker.dispose();
process.exit();
`,
  );
  return last(await run(folder, node, ['ask.mjs'], { env, limit: 120_000 }));
}

/** Cloudflare's plugin for Vite: built, and shown as it is deployed. */
async function cloudflareVite() {
  const folder = await project('cloudflare-vite');
  write(folder, 'worker.mjs', WORKER);
  write(folder, 'wrangler.json', JSON.stringify({ name: 'program', main: 'worker.mjs', compatibility_date: DATE }));
  write(
    folder,
    'ask.mjs',
    `import { cloudflare } from '@cloudflare/vite-plugin';
import { build, createBuilder, preview } from 'vite';
const options = { configFile: false, logLevel: 'error', plugins: [cloudflare({ inspectorPort: false })] };
const builder = await createBuilder(options);
await builder.buildApp();
const server = await preview({ ...options, preview: { port: 0 } });
const [url] = server.resolvedUrls.local;
console.log('\\n' + await (await fetch(url)).text());
process.exit();
`,
  );
  // The page is none of the worker's business.
  await run(folder, 'rm', ['index.html']);
  return last(await run(folder, process.execPath, ['ask.mjs'], { env, limit: 120_000 }));
}

const ROUTE = `import { eventHandler } from 'h3';
import { defineCachedFunction, useStorage } from 'nitropack/runtime';
import { check } from '../program.mjs';
export default eventHandler(async () => {
  const storage = useStorage('cache');
  const result = await check();
  try {
    await storage.setItem('a', { deep: [1] });
    await storage.setItem('short', 1, { ttl: 60 });
    const found = JSON.stringify([await storage.getItem('a'), await storage.getItem('short'), await storage.getKeys()]);
    if (found !== '[{"deep":[1]},1,["a","short"]]') throw new Error(found);
    result.passed += 1;
    const cached = defineCachedFunction(() => Math.random(), { name: 'random', maxAge: 60, base: 'cache', getKey: () => 'one' });
    const [one, two] = [await cached(), await cached()];
    if (one !== two) throw new Error('it was called twice');
    if (!(await storage.getKeys()).some((key) => key.includes('random'))) throw new Error('it is cached elsewhere');
    result.passed += 1;
  } catch (error) {
    result.failures.push('the storage: ' + error.stack);
  }
  return result;
});
`;

/** A program of Nitro's, with the cache as the driver of a storage. */
async function nitro(preset) {
  const folder = await project('nitro');
  const storage = { cache: { driver: 'keylatch/unstorage', max: 1_000 } };
  const config = {
    compatibilityDate: DATE,
    storage,
    // For Cloudflare, the package has its module in a file of its own, which Nitro loads only if it is told to.
    experimental: { wasm: preset.startsWith('cloudflare') },
    // Elsewhere, Nitro forgets to copy what only its settings name.
    externals: { traceInclude: ['node_modules/keylatch/unstorage.js'] },
  };
  write(folder, 'nitro.config.mjs', `export default ${JSON.stringify(config)};\n`);
  write(folder, 'routes/index.mjs', ROUTE);
  await tool(folder, 'nitropack', ['build', `--preset=${preset}`]);
  return folder;
}

/** Starts a server of Nitro's, and asks it. */
async function served(preset, program, ...words) {
  const folder = await nitro(preset);
  const finder = createServer().listen(0);
  await once(finder, 'listening');
  const { port } = finder.address();
  finder.close();
  const settings = { ...process.env, PORT: String(port), NITRO_PORT: String(port), HOST: '127.0.0.1' };
  const server = spawn(program, words, { cwd: folder, env: settings, stdio: 'pipe' });
  const closed = once(server, 'close');
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data) => (said += data));
  try {
    for (let time = 0; time < 100; time += 1) {
      const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      if (response?.ok) return await response.json();
      if (response) said += await response.text();
      await pause(200);
    }
    throw new Error(`it doesn't answer: ${said.slice(-3_000)}`);
  } finally {
    server.kill('SIGKILL');
    await closed;
  }
}

/** For Cloudflare: run by miniflare, as wrangler would upload it. */
async function nitroCloudflare() {
  const folder = await nitro('cloudflare-module');
  mkdirSync(join(folder, 'made'), { recursive: true });
  write(
    folder,
    'ask.mjs',
    `import { Miniflare } from 'miniflare';
import { readdirSync, readFileSync } from 'node:fs';
const root = '.output/server';
const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
const modules = files.map((each) => each.parentPath + '/' + each.name)
  .filter((path) => /\\.(mjs|wasm)$/.test(path))
  .sort((a, b) => Number(b.endsWith('server/index.mjs')) - Number(a.endsWith('server/index.mjs')))
  .map((path) => ({ type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path, contents: readFileSync(path) }));
const flare = new Miniflare({ modules, modulesRoot: root, compatibilityDate: '${DATE}', compatibilityFlags: ['nodejs_compat'] });
console.log('\\n' + await (await flare.dispatchFetch('http://localhost/')).text());
await flare.dispose();
`,
  );
  return last(await run(folder, process.execPath, ['ask.mjs'], { limit: 120_000 }));
}

const bin = (name) => join(root, 'node_modules/.bin', name);
const entry = '.output/server/index.mjs';
const how = (preset) => `preset \`${preset}\`, with \`keylatch/unstorage\``;

export const cells = {
  wrangler: { where: 'wrangler', how: 'bundled by it, in workerd', run: wrangler },
  'cloudflare-vite': { where: "Cloudflare's plugin for Vite 8", how: 'production, in workerd', run: cloudflareVite },
  'nitro-node': {
    where: 'Nitro',
    how: how('node-server'),
    project: 'nitro',
    run: () => served('node-server', process.execPath, entry),
  },
  'nitro-bun': { where: 'Nitro', how: how('bun'), project: 'nitro', run: () => served('bun', bin('bun'), entry) },
  'nitro-deno': {
    where: 'Nitro',
    how: how('deno-server'),
    project: 'nitro',
    run: () => served('deno-server', bin('deno'), 'run', '--allow-all', '--node-modules-dir=manual', entry),
  },
  'nitro-cloudflare': { where: 'Nitro', how: how('cloudflare-module'), project: 'nitro', run: nitroCloudflare },
};
