// In a page whose Content-Security-Policy forbids WebAssembly: whatever is tried, the error names the policy.

import * as keylatch from './node_modules/keylatch/index.js';
import * as slim from './node_modules/keylatch/slim.js';

const bytes = () => fetch('./node_modules/keylatch/cache.wasm');
const tries = {
  'a cache': () => new keylatch.Cache({ max: 5 }),
  init: () => keylatch.init(),
  'slim, init': () => slim.init(bytes()),
  'slim, initSync': async () => slim.initSync(await (await bytes()).arrayBuffer()),
};
const failures = [];
for (const [name, run] of Object.entries(tries)) {
  const error = await new Promise((resolve) => resolve(run())).catch((error) => error);
  const { code, message, cause } = error ?? {};
  const isRight = code === 'wasm-unavailable' && /Content-Security-Policy.*'wasm-unsafe-eval'/.test(message);
  if (!isRight || !(cause instanceof Error)) failures.push({ name, error: `${code}: ${message}, because of ${cause}` });
}
const passed = Object.keys(tries).length - failures.length;
await fetch('./result', { method: 'POST', body: JSON.stringify({ seed: 0, passed, failures }) });
