// What the WebAssembly module imports, in the form in which an instance takes it.

import { now } from './date.js';

export const imports = { './date.js': { now } };
