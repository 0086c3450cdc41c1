// By import: Node, Deno and Bun.

import * as keylatch from 'keylatch';
import { run } from './suite.mjs';

console.log(JSON.stringify(await run(keylatch)));
