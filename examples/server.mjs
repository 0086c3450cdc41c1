// What the pages talk to in the tests: a folder, and documents under /dids/, which are counted.

import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import sirv from 'sirv';

/** Serves a folder on a free port. What it answers under /dids/ is `plan`'s to say. */
export async function serve(folder) {
  const counts = {};
  const plan = { delay: 100, status: 200 };
  const files = sirv(folder, { dev: true });
  const server = createServer(async (request, response) => {
    const did = request.url.match(/^\/dids\/(.*)/)?.[1];
    if (did === undefined) return files(request, response);
    const name = decodeURIComponent(did);
    const count = (counts[name] = (counts[name] ?? 0) + 1);
    await pause(plan.delay);
    response.statusCode = plan.status;
    response.setHeader('cache-control', 'no-store').end(`${name} ${count}`);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  const url = `http://localhost:${server.address().port}`;
  return {
    url,
    counts,
    plan,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}
