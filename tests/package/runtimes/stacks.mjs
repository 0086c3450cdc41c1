// What an error shows: its stack begins at the caller, and an uncaught one doesn't fill the screen.

import assert from 'node:assert';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as imported from 'keylatch';
import { report } from './report.mjs';

const here = fileURLToPath(import.meta.url);
const required = createRequire(import.meta.url)('./node_modules/keylatch/index.cjs');

/** The file in which an error's stack begins. */
function origin({ stack }) {
  return /\n\s+at .*?((?:file:)?\/[^\n]*?):\d+:\d+\)?(?:\n|$)/.exec(stack)?.[1].replace('file://', '');
}

/** Mistakes in calls, each of which is found elsewhere in the package. */
const mistakes = {
  'a constructor': ({ Cache }) => new Cache({ max: -1 }),
  'a set': ({ Cache }) => new Cache({ max: 5 }).set('k', 1, { ttl: -1 }),
  'a set of many': ({ Cache }) => new Cache({ max: 5 }).setMany([['k', 1, { ttl: -1 }]]),
  'a namespace': ({ Cache }) => new Cache({ max: 5 }).namespace('n').get({}),
  'an iterator': ({ Cache }) => {
    const cache = new Cache({ max: 5 });
    cache[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    return [...cache];
  },
  'a native function between': ({ Cache }) => [{}].map((key) => new Cache({ max: 5 }).get(key)),
  'a lock': ({ Cache }) => new Cache({ max: 5 }).lock('k', { lease: -1 }),
  'a load': ({ Cache }) => new Cache({ max: 5 }).getOrSet('k'),
  'a cache of Aries': ({ InMemoryCache }) => new InMemoryCache().set('k', 1, -1),
};

const tests = {};
for (const [format, keylatch] of Object.entries({ imported, required })) {
  for (const [name, mistake] of Object.entries(mistakes)) {
    tests[`the stack of ${name}, ${format}, begins at the caller`] = async () => {
      const error = await (async () => mistake(keylatch))().catch((reason) => reason);
      assert(error instanceof keylatch.CacheError, String(error));
      assert.equal(origin(error), here, error.stack);
      assert(error.stack.startsWith(`CacheError: ${error.message}\n`), error.stack);
    };
  }
}

tests['a program that formats stacks otherwise gets the error all the same'] = () => {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, frames) => frames;
  try {
    assert.throws(() => new imported.Cache({ max: -1 }), { code: 'invalid-option' });
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
};

/** What a program prints that ends by an error. */
function printed(program) {
  writeFileSync('uncaught.mjs', `import * as keylatch from 'keylatch';\nawait (${program})(keylatch);\n`);
  return new Promise((resolve) => execFile(process.execPath, ['uncaught.mjs'], (_, __, stderr) => resolve(stderr)));
}

for (const [name, mistake] of Object.entries(mistakes)) {
  tests[`uncaught, ${name} prints little`] = async () => {
    const text = await printed(mistake);
    assert(text.includes('CacheError: '), text);
    assert(text.length < 1000 && text.split('\n').length < 20, `${text.length} characters:\n${text}`);
  };
}

await report(tests);
