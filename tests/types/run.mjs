// The types of the built package: node tests/types/run.mjs
//
// Programs that have to compile, and mistakes that must not, with each compiler that the package promises to be read by;
// and what the declarations have to be, whoever reads them.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runTests } from '../results.mjs';
import { DECLARATIONS } from './declarations.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const modules = join(here, '../../node_modules');
const start = promisify(execFile);

const COMPILERS = {
  'TypeScript 5.4': 'typescript-5.4/bin/tsc',
  'TypeScript 5.9': 'typescript-5.9/bin/tsc',
  'TypeScript 6': '@typescript/typescript6/bin/tsc6',
  'TypeScript 7': 'typescript/bin/tsc',
};

/** Folders of programs, and whether the compilers between the oldest and the newest read them too. */
const PROGRAMS = {
  'without declarations of a platform': ['plain', true],
  'with the declarations of browsers': ['.', false],
  'with those of Node': ['node', false],
  'with those of workers': ['workers', false],
  'the adapters, with their libraries': ['adapters', false],
};

async function compile(compiler, program) {
  const { stdout } = await start('node', [
    join(modules, compiler),
    '-p',
    join(here, program),
    '--pretty',
    'false',
  ]).catch((error) => error);
  if (stdout !== '') throw new Error(stdout);
}

const [oldest, newest] = [Object.keys(COMPILERS).at(0), Object.keys(COMPILERS).at(-1)];
const tests = Object.entries(COMPILERS).flatMap(([compiler, path]) => {
  return Object.entries(PROGRAMS)
    .filter(([, [, isForAll]]) => isForAll || compiler === oldest || compiler === newest)
    .map(([program, [folder]]) => [`${compiler}, ${program}`, () => compile(path, folder)]);
});
tests.push(...Object.entries(DECLARATIONS));

await runTests(Object.fromEntries(tests), { width: 2 });
