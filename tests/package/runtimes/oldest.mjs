// Whether the published scripts need nothing newer than the oldest runtimes that the README names.

import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import browsers from '@mdn/browser-compat-data' with { type: 'json' };
import { transformSync } from 'esbuild';
import { report } from './report.mjs';

const OLDEST = { chrome: 92, firefox: 90, safari: 15, nodejs: 18 };

/** What is newer, and how the package does without it. */
const GUARDED = {
  'Symbol.dispose': 'a registered symbol stands in, the one that compilers fall back on',
  'Symbol.asyncDispose': 'likewise',
  structuredClone: 'only for isolate; its absence is the error not-isolable',
};

const { resolve } = createRequire(import.meta.url);
const files = ['keylatch', 'keylatch/slim', 'keylatch/portable', './node_modules/keylatch/workerd.js'].map((name) =>
  resolve(name),
);
const { builtins } = browsers.javascript;

/** The version that brought a feature; 0 if it was always there. */
function since(feature, browser) {
  const [support] = [feature?.__compat?.support[browser] ?? []].flat();
  return typeof support?.version_added === 'string' ? Number.parseFloat(support.version_added.replace('≤', '')) : 0;
}

/** The features of the language's library that a script mentions: `Object.hasOwn`, `.at(`, `structuredClone(`. */
function* mentioned(script) {
  for (const [, type, name] of script.matchAll(/\b([A-Z]\w+)\.(\w+)/g)) {
    const feature = builtins[type]?.[name];
    if (feature) yield [`${type}.${name}`, feature];
  }
  for (const [, name] of script.matchAll(/\.(\w+)\(/g)) {
    // A method of several types is as old as the oldest of them, or the package's own.
    const owners = ['Array', 'String', 'Promise', 'RegExp'].filter((type) => builtins[type][name]);
    if (owners.length > 0) yield [`.${name}()`, builtins[owners[0]][name]];
  }
  const apis = browsers.api;
  for (const name of ['structuredClone', 'queueMicrotask', 'reportError']) {
    if (script.includes(`${name}(`)) yield [name, apis[name]];
  }
}

function check(file) {
  const script = readFileSync(file, 'utf8');
  const found = [...mentioned(script)];
  assert(found.length > 10, 'next to nothing was found');
  for (const [name, feature] of found) {
    if (name in GUARDED) continue;
    for (const [browser, oldest] of Object.entries(OLDEST)) {
      const version = since(feature, browser);
      assert(version <= oldest, `${name} needs ${browser} ${version}, and ${oldest} is promised`);
    }
  }
  // esbuild fails or rewrites where the syntax is newer.
  const target = Object.entries(OLDEST).map(([name, version]) => `${name.replace('nodejs', 'node')}${version}`);
  const same = (options) => transformSync(script, { minify: true, ...options }).code;
  assert.equal(same({ target }), same({ target: 'es2022' }), 'the syntax is newer');
}

await report(Object.fromEntries(files.map((file) => [file, () => check(file)])));
