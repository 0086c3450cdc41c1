// What the worker's upstream is in the tests. It counts what it is asked for, and answers as it was told to.

const counts = {};
const plans = {};

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/plan') {
      const { path, ...plan } = await request.json();
      plans[path] = { ...plans[path], ...plan };
      return new Response();
    }
    if (pathname === '/counts') return Response.json(counts);
    const count = (counts[pathname] = (counts[pathname] ?? 0) + 1);
    const { delay = 0, status = 200, maxAge = 60, onlyFirst = false, text } = plans[pathname] ?? {};
    if (!onlyFirst || count === 1) await scheduler.wait(delay);
    const headers = { 'cache-control': `private, max-age=${maxAge}` };
    if (pathname !== '/token' && !/^token \d+$/.test(request.headers.get('authorization')))
      return new Response('who asks?', { status: 401 });
    return new Response(text ?? `${pathname.split('/').at(-1)} ${count}`, { status, headers });
  },
};
