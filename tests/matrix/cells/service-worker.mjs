// The service worker of the recipes, in Chromium: whether each worker that the browser starts has what the one before has
// loaded, and what serves while the network is down.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { resultOf } from '../../browsers.mjs';
import { serve } from '../../serve.mjs';
import { root, write } from '../projects.mjs';

const HTML = '<!doctype html><title>keylatch</title><script type="module" src="./page.js"></script>';

/** What the page does. Its frames are clients of the worker that is registered; the page itself is not. */
const PAGE = `import { Cache } from 'keylatch';
import { idb } from 'keylatch/idb';
import { tier } from 'keylatch/tier';

async function start(script) {
  const registration = await navigator.serviceWorker.register(script);
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  while (worker.state !== 'activated') await new Promise((resolve) => (worker.onstatechange = resolve));
  const frame = document.body.appendChild(document.createElement('iframe'));
  await new Promise((resolve) => Object.assign(frame, { onload: resolve, src: './frame.html' }));
  if (!frame.contentWindow.navigator.serviceWorker.controller) throw new Error('the worker does not control its frame');
  const get = async (path) => {
    const response = await frame.contentWindow.fetch(path).catch(() => ({ status: 'none', text: async () => '' }));
    return [response.status, await response.text()].join(' ').trim();
  };
  const end = async () => (frame.remove(), await registration.unregister());
  return { get, end };
}

/** Waits until the worker has stored an answer, or five seconds. */
async function stored(path) {
  const answers = new Cache({ max: 1, tier: tier(idb('answers')) });
  const key = new URL(path, location.href).href;
  const deadline = performance.now() + 5_000;
  while ((await answers.getOrSet(key, () => undefined)) === undefined && performance.now() < deadline);
  answers.close();
}

const failures = [];
const check = (what, found, expected) => {
  if (String(found) !== String(expected)) failures.push(\`service worker: \${what}: \${found}, not \${expected}\`);
};
const first = await start('./service-worker.js');
const all = await Promise.all([1, 2, 3].map(() => first.get('./api/a')));
check('three at once', all, ['200 answer 1', '200 answer 1', '200 answer 1']);
check('an answer without a body', await first.get('./api/empty'), '204');
check('an answer that is no success', await first.get('./api/missing'), 'none');
check('what is not of the interface', await first.get('./frame.html'), '200 <!doctype html>');
await stored('./api/a');
await first.end();
const second = await start('./service-worker.js');
check('the next worker', await second.get('./api/a'), '200 answer 1');
await second.end();
const third = await start('./short-lived.js');
check('before it ends', await third.get('./api/b'), '200 answer 2');
while ((await third.get('./api/b')) === '200 answer 2');
await fetch('./down');
check('while the network is down', await third.get('./api/b'), '200 answer 3');
check('what nobody has asked for while it is down', await third.get('./api/c'), 'none');
await fetch('./result', { method: 'POST', body: JSON.stringify({ passed: failures.length === 0 ? 1 : 0, failures }) });
`;

/** The interface of the server that the worker asks. */
function answers() {
  let count = 0;
  let isDown = false;
  return ({ url }, response) => {
    if (url === '/down') isDown = true;
    else if (!url.startsWith('/api/')) return false;
    else if (isDown) return response.destroy();
    else if (!/^\/api\/[abc]$/.test(url)) response.statusCode = url === '/api/empty' ? 204 : 404;
    else response.write(`answer ${(count += 1)}`);
    response.end();
    return true;
  };
}

/** The program of a page of docs/ that begins with its name. */
export async function serviceWorker(folder, page) {
  const [, program] = /^```js\n(\/\/ service-worker\.js[^]*?)^```$/m.exec(readFileSync(join(root, page), 'utf8'));
  write(folder, 'service-worker.js', program);
  const short = program.replace('ttl: 60_000', 'ttl: 1').replace('swr: 600_000', 'swr: 0');
  write(folder, 'short-lived.js', short);
  write(folder, 'page.js', PAGE);
  const entryPoints = ['service-worker.js', 'short-lived.js', 'page.js'];
  await esbuild.build({ absWorkingDir: folder, entryPoints, bundle: true, format: 'esm', outdir: 'dist' });
  write(folder, 'dist/index.html', HTML);
  write(folder, 'dist/frame.html', '<!doctype html>');
  const server = await serve(join(folder, 'dist'), {}, answers());
  try {
    return await resultOf('chromium', server, `${server.url}/index.html`);
  } catch ({ message }) {
    return { passed: 0, failures: [message] };
  } finally {
    await server.close();
  }
}
