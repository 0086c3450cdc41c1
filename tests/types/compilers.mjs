// The compilers by which the declarations have to be read.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const start = promisify(execFile);

export const COMPILERS = {
  'TypeScript 5.4': 'typescript-5.4/bin/tsc',
  'TypeScript 5.9': 'typescript-5.9/bin/tsc',
  'TypeScript 6': '@typescript/typescript6/bin/tsc6',
  'TypeScript 7': 'typescript/bin/tsc',
};

export const [OLDEST, NEWEST] = [Object.keys(COMPILERS).at(0), Object.keys(COMPILERS).at(-1)];

/** Compiles the programs of a folder. */
export async function compile(compiler, folder) {
  const path = join(here, '../../node_modules', COMPILERS[compiler]);
  const words = [path, '-p', join(here, folder), '--pretty', 'false'];
  const { stdout } = await start('node', words).catch((error) => error);
  if (stdout !== '') throw new Error(stdout);
}
