// In Hermes: Metro bundles the suite as for React Native, with its preset for Babel. The last engine that is there as a
// program, 0.12, runs it; the compiler of today's React Native makes bytecode of it.

import { loadConfig, runBuild } from 'metro';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { resolve } = createRequire(import.meta.url);
const folderOf = (name) => dirname(resolve(`${name}/package.json`));
const run = promisify(execFile);
const bundle = join(here, 'hermes-bundle.js');

const runtimes = ['@babel/runtime', 'metro-runtime'].map(folderOf);
const config = await loadConfig(
  { cwd: here },
  {
    projectRoot: here,
    watchFolders: [here, ...runtimes],
    resolver: {
      unstable_conditionNames: ['react-native'],
      useWatchman: false,
      extraNodeModules: { '@babel/runtime': runtimes[0] },
      // The suite has lru-cache in it, which asks for a module of Node's where there is one.
      resolveRequest: (context, name, platform) =>
        name.startsWith('node:') ? { type: 'empty' } : context.resolveRequest(context, name, platform),
    },
    transformer: { babelTransformerPath: join(here, 'hermes-babel.cjs') },
    maxWorkers: 1,
    cacheStores: [],
    reporter: { update() {} },
  },
);
await runBuild(config, { entry: 'hermes-entry.js', platform: 'android', dev: false, minify: false, out: bundle });
const script = readFileSync(bundle, 'utf8');
if (/WebAssembly\.Module\(/.test(script)) throw new Error('Metro has taken the entry with WebAssembly');

const { TESTS, SEED } = process.env;
const options = { only: TESTS, ...(SEED && { seed: Number(SEED) }) };
writeFileSync(bundle, `globalThis.hermesOptions = ${JSON.stringify(options)};\n${script}`);
const flags = ['-Xes6-promise', '-Xes6-proxy', '-Xmicrotask-queue', '-w'];
const engine = join(folderOf('hermes-engine-cli'), 'linux64-bin/hermes');
const { stdout } = await run(engine, [...flags, bundle], { maxBuffer: 1 << 26 });
const result = JSON.parse(stdout.trim().split('\n').at(-1));

const compiler = join(folderOf('hermes-compiler'), 'hermesc/linux64-bin/hermesc');
const compiled = await run(compiler, ['-emit-binary', '-O', '-w', '-out', `${bundle}.hbc`, bundle]).then(
  () => ({ seed: 0, passed: 1, failures: [] }),
  (error) => ({ seed: 0, passed: 0, failures: [{ name: 'the compiler of Hermes 1.0', error: error.message }] }),
);
console.log(JSON.stringify([result, compiled]));
