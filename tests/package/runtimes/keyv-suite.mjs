// Runs Keyv's own suite for stores, which needs Vitest.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

const root = dirname(fileURLToPath(import.meta.url));
const options = { root, config: false, watch: false, include: ['keyv.test.mjs'], reporters: [{}] };
const vitest = await startVitest('test', [], options);
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const errors = vitest.state.getUnhandledErrors().map(({ message }) => ({ name: 'unhandled', error: message }));
const failures = tests
  .filter((test) => test.result().state !== 'passed')
  .map((test) => ({ name: test.fullName, error: test.result().errors?.[0]?.stack ?? test.result().state }));
await vitest.close();
const passed = tests.length - failures.length;
if (passed === 0) errors.push({ name: 'all of it', error: 'no test was found' });
console.log(`\n${JSON.stringify({ seed: 0, passed, failures: [...failures, ...errors] })}`);
