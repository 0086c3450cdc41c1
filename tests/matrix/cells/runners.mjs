// Test runners, with a page's globals by jsdom.

import * as esbuild from 'esbuild';
import { project, run, tool, write } from '../projects.mjs';

/** How many tests the program has. */
const COUNT = 10;

/** The program as one test of a runner. */
const test = (passed = COUNT) => `test('the program', async () => {
  const result = await check();
  if (result.passed !== ${passed}) throw new Error(result.failures.join('\\n'));
});
`;

/** jest, with CommonJS as it is by default. */
async function jest() {
  const folder = await project('jest');
  write(folder, 'package.json', '{ "private": true }');
  const options = { bundle: true, platform: 'neutral', format: 'cjs', external: ['keylatch', 'matrix-dependency'] };
  await esbuild.build({ absWorkingDir: folder, entryPoints: ['program.mjs'], outfile: 'program.cjs', ...options });
  write(folder, 'program.test.js', `const { check } = require('./program.cjs');\n${test()}`);
  await tool(folder, 'jest', ['--env=jsdom', '--ci', '--rootDir=.']);
  return { passed: COUNT, failures: [] };
}

/** jest, with ES modules. It gives `import` and `require` a copy each, so that one test can't pass. */
async function jestModules() {
  const folder = await project('jest');
  write(folder, 'program.test.mjs', `import { check } from './program.mjs';\n${test(COUNT - 1)}`);
  const words = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--env=jsdom', '--ci', '--rootDir=.'];
  await run(folder, process.execPath, [...words, '--testMatch=**/*.test.mjs']);
  return { passed: COUNT - 1, failures: [], note: 'jest gives `import` and `require` a copy each' };
}

async function vitest() {
  const folder = await project('vitest');
  write(
    folder,
    'program.test.mjs',
    `import { expect, test } from 'vitest';\nimport { check } from './program.mjs';\n${test()}`,
  );
  await tool(folder, 'vitest', ['run', '--environment=jsdom']);
  return { passed: COUNT, failures: [] };
}

export const cells = {
  jest: { where: 'jest with jsdom', how: '`require`', run: jest },
  'jest-modules': { where: 'jest with jsdom', how: '`import`', project: 'jest', run: jestModules },
  vitest: { where: 'vitest with jsdom', how: '`import`', run: vitest },
};
