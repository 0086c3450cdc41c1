// Next, built for production by each of its bundlers, and started: server components, client components, routes; and
// with `cacheComponents`, with a handler of this package's for `'use cache'`.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inPageOf } from '../pages.mjs';
import { project, root, run, tool, write } from '../projects.mjs';

const env = { NEXT_TELEMETRY_DISABLED: '1' };

const LAYOUT = `export default function Layout({ children }) {
  return <html><body>{children}</body></html>;
}
`;
const SERVER = `import { check } from '../../program.mjs';
export const dynamic = 'force-dynamic';
export default async function Page() {
  return <pre>{'RESULT' + JSON.stringify(await check()) + 'END'}</pre>;
}
`;
const CLIENT = `'use client';
import { useEffect } from 'react';
export default function Page() {
  useEffect(() => void import('../../page.mjs'), []);
  return <p>client</p>;
}
`;
const route = (runtime) => `import { check } from '../../program.mjs';
export const dynamic = 'force-dynamic';
export const runtime = '${runtime}';
export const GET = async () => Response.json(await check());
`;

/** A folder with a program of Next's. */
async function application(name, config, files) {
  const folder = await project(name);
  const settings = `{ outputFileTracingRoot: import.meta.dirname, turbopack: { root: import.meta.dirname }, ${config} }`;
  write(folder, 'next.config.mjs', `export default ${settings};\n`);
  write(folder, 'app/layout.jsx', LAYOUT);
  for (const [file, text] of Object.entries(files)) write(folder, `app/${file}`, text);
  return folder;
}

/** Starts what was built, asks it, and stops it. */
async function started(folder, ask) {
  const finder = createServer().listen(0);
  await once(finder, 'listening');
  const { port } = finder.address();
  finder.close();
  const words = [join(folder, 'node_modules/next/dist/bin/next'), 'start', '--port', String(port)];
  const server = spawn(process.execPath, words, { cwd: folder, env: { ...process.env, ...env }, stdio: 'pipe' });
  const closed = once(server, 'close');
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data) => (said += data));
  const url = `http://localhost:${port}`;
  try {
    for (
      let time = 0;
      !(await fetch(url).then(
        () => true,
        () => false,
      ));
      time += 1
    ) {
      if (time > 100) throw new Error(`it hasn't started: ${said}`);
      await pause(200);
    }
    return await ask(url);
  } catch (error) {
    error.message += `\n${said.slice(-2_000)}`;
    throw error;
  } finally {
    server.kill();
    await closed;
  }
}

/** What a page of the server's has printed: as HTML, or as the text that a script puts in its place. */
const printed = (html) => JSON.parse(/RESULT(.*?)END/s.exec(html.replace(/&quot;|\\+"/g, '"'))[1]);

const add = (results) => ({
  passed: results.reduce((sum, { passed }) => sum + passed, 0),
  failures: results.flatMap(({ failures }) => failures),
});

/** Server and client components and routes, without `cacheComponents`. */
async function plain(name, bundler, hasEdge) {
  const folder = await application(name, '', {
    'server/page.jsx': SERVER,
    'client/page.jsx': CLIENT,
    'node/route.js': route('nodejs'),
    ...(hasEdge && { 'edge/route.js': route('edge') }),
  });
  await tool(folder, 'next', ['build', ...bundler], { env });
  return started(folder, async (url) => {
    const text = async (path) => (await fetch(`${url}/${path}`)).text();
    const results = [printed(await text('server')), JSON.parse(await text('node')), await inPageOf(`${url}/client`)];
    if (hasEdge) results.push(JSON.parse(await text('edge')));
    return add(results);
  });
}

/**
 * What Turbopack can't do: in an edge route, it makes promises of modules that import WebAssembly, and a dependency that
 * requires one isn't prepared for that.
 */
async function turbopack() {
  const { passed, failures } = await plain('next-16', ['--turbopack'], true);
  const isKnown = (failure) => failure.startsWith('the dependency ');
  const note = 'in an edge route, a dependency can’t `require` the package';
  return { passed, failures: failures.filter((failure) => !isKnown(failure)), ...(failures.some(isKnown) && { note }) };
}

/** A page whose data Next caches by this package's handler, and routes that update its tag. */
const CACHED = `import { Suspense } from 'react';
import { connection } from 'next/server';
import { cacheLife, cacheTag } from 'next/cache';
async function count(name) {
  'use cache';
  cacheTag('tag-' + name);
  cacheLife({ stale: 1, revalidate: 900, expire: 3600 });
  globalThis.computed = (globalThis.computed ?? 0) + 1;
  return name + ' ' + globalThis.computed;
}
async function Counts({ searchParams }) {
  const { name } = await searchParams;
  await connection();
  return <pre>{'RESULT"' + (await count(name)) + '"END'}</pre>;
}
export default function Page(props) {
  return <Suspense fallback={<p>…</p>}><Counts {...props} /></Suspense>;
}
`;
const STATIC = `import { cacheLife } from 'next/cache';
async function made() {
  'use cache';
  cacheLife('hours');
  return 'prerendered';
}
export default async function Page() {
  return <pre>{'RESULT"' + (await made()) + '"END'}</pre>;
}
`;
const UPDATE = `import { revalidatePath, revalidateTag } from 'next/cache';
export async function GET(request) {
  const { searchParams } = new URL(request.url);
  if (searchParams.has('path')) revalidatePath(searchParams.get('path'));
  else revalidateTag(searchParams.get('tag'), searchParams.has('soft') ? 'max' : { expire: 0 });
  return Response.json(globalThis.handlerCalls);
}
`;
const HANDLER = `import { Cache } from 'keylatch';
import { nextHandler } from 'keylatch/next';
const handler = nextHandler(new Cache({ maxSize: 50_000_000 }));
const calls = (globalThis.handlerCalls ??= {});
export default Object.fromEntries(Object.entries(handler).map(([name, run]) => [name, (...all) => {
  calls[name] = (calls[name] ?? 0) + 1;
  return run(...all);
}]));
`;

/** The handler is what Next's own types ask for. */
const TYPED = `import { Cache } from 'keylatch';
import { nextHandler } from 'keylatch/next';
import type { CacheHandler } from 'next/dist/server/lib/cache-handlers/types';
export const handler: CacheHandler = nextHandler(new Cache({ maxSize: 1_000 }));
`;

async function components(bundler) {
  const config = "cacheComponents: true, cacheHandlers: { default: import.meta.dirname + '/cache-handler.mjs' },";
  const folder = await application('next-16', config, {
    'counts/page.jsx': CACHED,
    'static/page.jsx': STATIC,
    'update/route.js': UPDATE,
  });
  write(folder, 'cache-handler.mjs', HANDLER);
  write(folder, 'typed.ts', TYPED);
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler'];
  await run(folder, join(root, 'node_modules/.bin/tsc'), [...options, '--target', 'esnext', '--types', '', 'typed.ts']);
  await tool(folder, 'next', ['build', ...bundler], { env });
  return started(folder, async (url) => {
    const get = async (path) => (await fetch(`${url}/${path}`)).text();
    const count = async (name) => printed(await get(`counts?name=${name}`));
    let passed = 0;
    const equal = (found, wanted, what) => {
      assert.deepEqual(found, wanted, what);
      passed += 1;
    };
    equal(printed(await get('static')), 'prerendered', 'a page that was prerendered');
    equal(await count('a'), 'a 1', 'computed');
    equal(await count('a'), 'a 1', 'found again');
    equal(await count('b'), 'b 2', 'another argument');
    await get('update?tag=tag-a');
    equal(await count('a'), 'a 3', 'its tag was expired');
    equal(await count('b'), 'b 2', 'another tag');
    await get('update?tag=tag-b&soft');
    equal(await count('b'), 'b 2', 'its tag is stale: it serves once more');
    for (let time = 0; (await count('b')) === 'b 2' && time < 50; time += 1) await pause(100);
    equal(await count('b'), 'b 4', 'and was computed anew');
    await get('update?path=/counts');
    equal(await count('a'), 'a 5', 'its path was revalidated');
    const calls = JSON.parse(await get('update?tag=other'));
    equal(calls.get > 5 && calls.set >= 4 && calls.updateTags >= 3 && calls.getExpiration > 0, true, 'by the handler');
    return { passed, failures: [] };
  });
}

/** The programs of docs/next.md, each the file that its first line names. */
async function page() {
  const folder = await application('next-16', '', {});
  const text = readFileSync(join(root, 'docs/next.md'), 'utf8');
  for (const [, file, program] of text.matchAll(/^```js\n\/\/ (\S+)\n([^]*?)^```$/gm)) write(folder, file, program);
  await tool(folder, 'next', ['build', '--turbopack'], { env });
  const pages = { '': 'Ada Lovelace', request: 'did:example:1', cached: 'did:example:1', client: 'Loading' };
  return started(folder, async (url) => {
    const failures = [];
    for (const [path, words] of Object.entries({ ...pages, 'document?did=did:example:7': 'did:example:7' })) {
      const answer = await (await fetch(`${url}/${path}`)).text();
      if (!answer.includes(words)) failures.push(`/${path} has no “${words}”: ${answer.slice(0, 1_000)}`);
    }
    return { passed: Object.keys(pages).length + 1 - failures.length, failures };
  });
}

const parts = 'server and client components, routes';
export const cells = {
  'next-15': { where: 'Next 15 with webpack', how: `${parts}, edge`, run: () => plain('next-15', [], true) },
  'next-16': {
    where: 'Next 16 with Turbopack',
    how: `${parts}, edge`,
    run: turbopack,
  },
  'next-16-webpack': {
    where: 'Next 16 with webpack',
    how: parts,
    project: 'next-16',
    run: () => plain('next-16', ['--webpack'], false),
  },
  'next-16-components': {
    where: 'Next 16 with Turbopack, `cacheComponents`',
    how: "`keylatch/next` under `'use cache'`",
    project: 'next-16',
    run: () => components(['--turbopack']),
  },
  'next-16-components-webpack': {
    where: 'Next 16 with webpack, `cacheComponents`',
    how: "`keylatch/next` under `'use cache'`",
    project: 'next-16',
    run: () => components(['--webpack']),
  },
  'next-16-page': {
    where: '[Next, with `cacheComponents`](next.md)',
    how: 'its programs, in one application',
    project: 'next-16',
    run: page,
  },
};
