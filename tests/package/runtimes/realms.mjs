// Values of another realm in Node: a context of its own, such as Jest runs each test file in.

import * as keylatch from 'keylatch';
import { createContext, runInContext } from 'node:vm';
import { run } from './suite.mjs';

const context = createContext({ Blob });
globalThis.inOtherRealm = (program) => runInContext(program, context);
console.log(JSON.stringify(await run(keylatch, { only: 'realms: ' })));
