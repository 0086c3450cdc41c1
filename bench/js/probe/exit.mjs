// Whether a program ends when its work is done. Run by itself with an adapter's name, this file is that program.

import { fileURLToPath } from 'node:url';
import { runScript } from '../tools/child.mjs';
import { ADAPTERS } from './adapters.mjs';

/** What counts as at once, and after which it is ended, in milliseconds. */
const SOON = 2_000;
const PATIENCE = 10_000;

/** How long a program that has loaded a value goes on. */
export async function exitTime(name) {
  const { code, after } = await runScript(import.meta.url, { args: [name], patience: PATIENCE });
  if (code === null) return `> ${PATIENCE / 1000} s`;
  return after < SOON ? 'at once' : `in ${Math.round(after / 1000)} s`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cache = ADAPTERS.find(({ name }) => name === process.argv[2]).make({});
  await cache.load('key', async () => 'value');
  process.send('done');
}
