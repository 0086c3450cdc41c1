// A server for a folder, which takes results.

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import sirv from 'sirv';

/**
 * Serves a folder on a free port of this machine.
 *
 * @param headers What each answer has besides.
 * @param answer Answers a request, or returns `false`.
 * @returns Its `url`; `result`, which waits for what a page sends to it next; `fail`, which ends that wait; and `close`.
 */
export async function serve(folder, headers = {}, answer = () => false) {
  let settle = { resolve() {}, reject() {} };
  // Looks at the folder anew for each request.
  const files = sirv(folder, { dev: true });
  const server = createServer(async (request, response) => {
    response.setHeaders(new Map(Object.entries(headers)));
    if (answer(request, response)) return;
    if (request.method === 'POST') {
      const result = await text(request);
      response.end();
      settle.resolve(JSON.parse(result));
    } else if (request.url === '/slow') {
      // Answered when the page that asks may be frozen.
      setTimeout(() => response.end('slow'), 700);
    } else files(request, response);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    result: () => new Promise((resolve, reject) => (settle = { resolve, reject })),
    fail: (error) => settle.reject(error),
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}
