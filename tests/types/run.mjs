// The types of the built package: node tests/types/run.mjs
//
// Programs that have to compile, and mistakes that must not, with each compiler that the package promises to be read by;
// and what the declarations have to be, whoever reads them.

import { runTests } from '../results.mjs';
import { COMPILERS, NEWEST, OLDEST, compile } from './compilers.mjs';
import { DECLARATIONS } from './declarations.mjs';

/** Folders of programs, and whether the compilers between the oldest and the newest read them too. */
const PROGRAMS = {
  'without declarations of a platform': ['plain', true],
  'with the declarations of browsers': ['.', false],
  'with those of Node': ['node', false],
  'with those of workers': ['workers', false],
  'the adapters, with their libraries': ['adapters', false],
};

const tests = Object.keys(COMPILERS).flatMap((compiler) => {
  return Object.entries(PROGRAMS)
    .filter(([, [, isForAll]]) => isForAll || compiler === OLDEST || compiler === NEWEST)
    .map(([program, [folder]]) => [`${compiler}, ${program}`, () => compile(compiler, folder)]);
});
tests.push(...Object.entries(DECLARATIONS));

await runTests(Object.fromEntries(tests), { width: 2 });
