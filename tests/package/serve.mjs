// A server for a folder, which takes one result.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Serves a folder on a free port of this machine. What is sent to /result is its `result`. */
export async function serve(folder) {
  let settle;
  const result = new Promise((resolve, reject) => (settle = { resolve, reject }));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (request.method === 'POST') {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => (response.end(), settle.resolve(Buffer.concat(parts).toString())));
      return;
    }
    // Answered when the page that asks may be frozen.
    if (pathname === '/slow') return void setTimeout(() => response.end('slow'), 700);
    const file = join(folder, normalize(pathname));
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    result,
    fail: (error) => settle.reject(error),
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}
