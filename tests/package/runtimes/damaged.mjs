// The published scripts, changed as build steps change them: either they still work, or they say what has happened.

import assert from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { report } from './report.mjs';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('keylatch/package.json'));
const work = join(dirname(fileURLToPath(import.meta.url)), 'damaged');
mkdirSync(work, { recursive: true });
const FILES = ['index.js', 'index.cjs'];
let count = 0;

/** Each file, as a build step has left it. */
async function* changed(change) {
  for (const file of FILES) {
    const text = change(readFileSync(join(folder, file), 'utf8'));
    const path = join(
      work,
      `${(count += 1)}-${file.replace(/js$/, (end) => (file.endsWith('cjs') ? end : `m${end}`))}`,
    );
    writeFileSync(path, text);
    yield await import(pathToFileURL(path)).then((module) => module.default ?? module);
  }
}

async function works(change) {
  for await (const { Cache } of changed(change)) {
    const cache = new Cache({ max: 5 });
    assert.equal(cache.set('a', 1).get('a'), 1);
  }
}

async function refuses(change, message) {
  for await (const { Cache, init } of changed(change)) {
    const expected = { name: 'CacheError', code: 'wasm-unavailable', message };
    assert.throws(() => new Cache({ max: 5 }), expected);
    await assert.rejects(init(), expected);
    assert.throws(() => new Cache({ max: 5 }), expected);
  }
}

/** The longest string of a script, changed. */
function inModule(change) {
  return (text) => {
    const string = text.match(/"[^"\n]{9000,}"/)[0];
    return text.replace(string, () => change(string));
  };
}

await report({
  'the files are ASCII, without control characters': () => {
    for (const file of [...FILES, 'slim.js', 'slim.cjs', 'workerd.js', 'edge.js'])
      assert.doesNotMatch(readFileSync(join(folder, file), 'latin1'), /[^\n\x20-\x7e]/, file);
  },
  'no line ends within a string': () => {
    for (const file of FILES) assert.doesNotMatch(readFileSync(join(folder, file), 'latin1'), /\\\r?\n/, file);
  },
  'nothing ends a script or begins a comment of HTML': () => {
    for (const file of FILES) assert.doesNotMatch(readFileSync(join(folder, file), 'latin1'), /<\/script|<!--|-->/i);
  },
  'indented by a tab': () => works((text) => text.replace(/^/gm, '\t')),
  'with the line ends of Windows': () => works((text) => text.replace(/\n/g, '\r\n')),
  'in the normal forms of Unicode': async () => {
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) await works((text) => text.normalize(form));
  },
  'read as Latin-1': () => works((text) => Buffer.from(text).toString('latin1')),
  'with spaces run together': () => works((text) => text.replace(/ {2,}/g, ' ')),
  'with the string in a template': () => works(inModule((string) => `\`${string.slice(1, -1)}\``)),
  'with the string in parts': () => works(inModule((string) => string.replace(/(?=.{5}"$)/, '" + "'))),
  'with a character that is another one': () => {
    const swap = (string) => string.replace(/.(?=.{5000}"$)/, (one) => (one === 'a' ? 'b' : 'a'));
    return refuses(inModule(swap), /corrupted by a build step: its (checksum|length)/);
  },
  'with two characters in the other order': () =>
    refuses(
      inModule((string) => string.replace(/([A-P])([Q-Z])/, '$2$1')),
      /corrupted by a build step: its checksum/,
    ),
  'with a character less': () =>
    refuses(
      inModule((string) => string.replace(/[A-Y]/, '')),
      /corrupted by a build step: its (checksum|length)/,
    ),
  'with its end missing': () =>
    refuses(
      inModule((string) => string.replace(/.{50}"$/, '"')),
      /corrupted by a build step: its length/,
    ),
  'with indents in the string': () =>
    refuses(
      inModule((string) => string.replace(/(?=.{5000}"$)/, '\\\n\t')),
      /corrupted by a build step: its length/,
    ),
  'with nothing in it': () =>
    refuses(
      inModule(() => '""'),
      /corrupted by a build step: its length/,
    ),
});
