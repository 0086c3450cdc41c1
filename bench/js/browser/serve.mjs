// A server for the page, which takes its results.

import { createServer } from 'node:http';

const PAGE = '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/page.js"></script>';

/** Isolates the page from others: then its clock is exact. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-store',
};

/**
 * Serves the page with this script on a free port of this machine.
 *
 * @returns `address`, which the page has for some work; `nextResult`, which waits for what a page sends next; `fail`,
 * which ends that wait; and `close`.
 */
export async function servePage(script) {
  let settle = { resolve() {}, reject() {} };
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const parts = [];
      for await (const part of request) parts.push(part);
      response.writeHead(200, HEADERS).end();
      settle.resolve(JSON.parse(Buffer.concat(parts).toString()));
      return;
    }
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/') response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/html' }).end(PAGE);
    else if (pathname === '/page.js')
      response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/javascript' }).end(script);
    else response.writeHead(404, HEADERS).end();
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return {
    address: (work) => `http://localhost:${server.address().port}/#${encodeURIComponent(JSON.stringify(work))}`,
    nextResult: () => new Promise((resolve, reject) => (settle = { resolve, reject })),
    fail: (error) => settle.reject(error),
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}
