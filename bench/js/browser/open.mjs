// Pages that measure: each case has a page in a browser of its own, as it has a process of its own in Node.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { resultOf, versionOf } from '../../../tests/browsers.mjs';
import { serve } from '../../../tests/serve.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const FOLDER = path('../../../target/bench-page');
const PAGE = '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="page.js"></script>';

/** Isolates the page from others: then its clock is exact. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-store',
};
const FLAGS = ['--js-flags=--expose-gc', '--disable-background-timer-throttling', '--disable-renderer-backgrounding'];

/** The browsers, and what they are called. */
export const BROWSERS = { chromium: 'Chromium', firefox: 'Firefox' };

/** A case that takes longer than this has gone wrong: the slowest take a fraction of it. */
const LIMIT = 300_000;

/** Bundles the page's script, and serves it. Returns what the browser is; `work`, which has a page measure; and `close`. */
export async function openPages(kind) {
  const bundled = { bundle: true, format: 'esm', platform: 'browser', target: 'esnext', logLevel: 'error' };
  await build({ ...bundled, entryPoints: [path('page.mjs')], outfile: `${FOLDER}/page.js` });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/index.html`, PAGE);
  const server = await serve(FOLDER, HEADERS);
  const work = async (_file, spec, plan) => {
    const hash = encodeURIComponent(JSON.stringify({ spec, plan }));
    const { result, error } = await resultOf(kind, server, `${server.url}/#${hash}`, { flags: FLAGS, limit: LIMIT });
    if (error !== undefined) throw new Error(`${kind}, ${spec.name}: ${error}`);
    return result;
  };
  const browser = { name: BROWSERS[kind], version: versionOf(kind) };
  return { browser, work, close: server.close };
}
