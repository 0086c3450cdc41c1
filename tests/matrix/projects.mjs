// Projects of the matrix, each a folder in target/matrix with the packages that versions.json pins for it, and the
// packed package beside them.

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '../..');
export const matrix = join(root, 'target/matrix');
/** What each project installs, in one place. */
export const versions = JSON.parse(readFileSync(join(here, 'versions.json'), 'utf8'));
const start = promisify(execFile);

/** How long one program may take, in milliseconds. */
const LIMIT = 540_000;

/** Runs a program in a folder, and returns what it has printed. What it has printed is in the error, too. */
export async function run(folder, program, words, { env = {}, limit = LIMIT } = {}) {
  const options = { cwd: folder, maxBuffer: 1 << 26, timeout: limit, env: { ...process.env, CI: '1', ...env } };
  try {
    return (await start(program, words, options)).stdout;
  } catch ({ message, stdout, stderr }) {
    const text = `${message.split('\n')[0]}\n${stdout}\n${stderr}`;
    throw new Error(text.length > 4_000 ? `${text.slice(0, 1_000)}\n…\n${text.slice(-3_000)}` : text);
  }
}

/** Runs a program that an npm package has brought into a project. */
export const tool = (folder, name, words, options) =>
  run(folder, join(folder, 'node_modules/.bin', name), words, options);

/** Packs pkg/, once, and unpacks it where `project` copies it from. */
export function pack() {
  const packed = join(matrix, 'packed');
  rmSync(packed, { recursive: true, force: true });
  mkdirSync(packed, { recursive: true });
  const words = ['pack', './pkg', '--json', '--pack-destination', packed, '--loglevel=error'];
  const [{ filename }] = JSON.parse(execFileSync('npm', words, { cwd: root, encoding: 'utf8' }));
  execFileSync('tar', ['xzf', filename], { cwd: packed });
}

/**
 * A folder with the packages of versions.json, the packed package, the program that all cells run, and its dependency.
 * What another run has left of the program's builds is gone.
 */
export async function project(name) {
  const folder = join(matrix, name);
  await install(folder, versions[name] ?? {});
  for (const entry of readdirSync(folder)) {
    if (!/^(node_modules|\.stamp)$/.test(entry)) rmSync(join(folder, entry), { recursive: true, force: true });
  }
  for (const cached of ['.vite', '.cache', '.parcel-cache']) {
    rmSync(join(folder, 'node_modules', cached), { recursive: true, force: true });
  }
  write(folder, 'package.json', JSON.stringify({ private: true, type: 'module' }));
  cpSync(join(here, 'program'), folder, { recursive: true });
  const modules = join(folder, 'node_modules');
  for (const [from, to] of [
    [join(matrix, 'packed/package'), 'keylatch'],
    [join(here, 'dependency'), 'matrix-dependency'],
  ]) {
    rmSync(join(modules, to), { recursive: true, force: true });
    cpSync(from, join(modules, to), { recursive: true });
  }
  return folder;
}

async function install(folder, pinned) {
  const stamp = join(folder, '.stamp');
  const wanted = { ...pinned };
  const { platform, arch } = process;
  if ('node-linux' in wanted) {
    wanted.node = `npm:node-${platform}-${arch}@${wanted['node-linux']}`;
    delete wanted['node-linux'];
  }
  const text = JSON.stringify(wanted);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === text) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  write(folder, 'package.json', JSON.stringify({ private: true, dependencies: wanted }));
  if (Object.keys(wanted).length > 0) {
    await run(folder, 'npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']);
  }
  writeFileSync(stamp, text);
}

/** Writes a file of a project. */
export function write(folder, file, text) {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
