// Whether a program ends when its work is done. Run by itself with an adapter's name, this file is that program.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ADAPTERS } from './adapters.mjs';

const SELF = fileURLToPath(import.meta.url);
/** What counts as at once, and after which it is ended, in milliseconds. */
const SOON = 2_000;
const PATIENCE = 10_000;

/** How long a program that has loaded a value goes on. */
export async function exitTime(name) {
  const program = spawn(process.execPath, [SELF, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  await once(program.stdout, 'data');
  const start = performance.now();
  const timer = setTimeout(() => program.kill(), PATIENCE);
  const [code] = await ended;
  clearTimeout(timer);
  if (code === null) return `> ${PATIENCE / 1000} s`;
  const taken = performance.now() - start;
  return taken < SOON ? 'at once' : `in ${Math.round(taken / 1000)} s`;
}

if (process.argv[1] === SELF) {
  const cache = ADAPTERS.find(({ name }) => name === process.argv[2]).make({});
  await cache.load('key', async () => 'value');
  console.log('done');
}
