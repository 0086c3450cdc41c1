// Whether the code of each mutation is there, so that `cargo xtask mutations` can change it: node tests/mutations/places.mjs

import { join } from 'node:path';
import { root } from '../bundle.mjs';
import { runTests } from '../results.mjs';
import { entries } from './entries.mjs';
import { loads } from './loads.mjs';
import { declarations, locate } from './locate.mjs';
import { locks } from './locks.mjs';

const all = declarations(join(root, 'pkg-template/src'));
const tests = [...locks, ...loads, ...entries].map((mutation) => [mutation.name, () => void locate(all, mutation)]);
await runTests(Object.fromEntries(tests));
