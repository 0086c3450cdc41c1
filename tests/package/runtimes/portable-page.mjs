// In a page whose Content-Security-Policy forbids WebAssembly: the suite on `keylatch/portable`.

import * as portable from './node_modules/keylatch/portable.js';
import { run } from './suite.mjs';

let isForbidden = false;
try {
  // WebKit refuses the instance, and not the module.
  new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
} catch {
  isForbidden = true;
}
if (!isForbidden) throw new Error('the policy allows WebAssembly');
const only = new URLSearchParams(location.search).get('tests') ?? undefined;
const result = await run(portable, { only });
await fetch('./result', { method: 'POST', body: JSON.stringify(result) });
