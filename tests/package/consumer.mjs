// A project that has installed the packed tarball, in target/consumer: what the tests of the package run in.

import * as esbuild from 'esbuild';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '../..');
export const consumer = join(root, 'target/consumer');

/** Packs the package, installs the tarball, and puts the tests beside it. */
export async function install() {
  rmSync(consumer, { recursive: true, force: true });
  mkdirSync(consumer, { recursive: true });
  const npm = (folder, ...words) =>
    execFileSync('npm', [...words, '--loglevel=error'], { cwd: folder, encoding: 'utf8' });
  const [{ filename, files }] = JSON.parse(npm(root, 'pack', './pkg', '--json', '--pack-destination', consumer));
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm(consumer, 'install', `./${filename}`, '--no-audit', '--no-fund', '--offline');
  await esbuild.build({
    entryPoints: { suite: join(here, 'suite/index.mjs'), schedules: join(here, 'schedules/index.mjs') },
    outdir: consumer,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
  });
  for (const file of readdirSync(join(here, 'runtimes'))) cpSync(join(here, 'runtimes', file), join(consumer, file));
  return files.map(({ path }) => path);
}
