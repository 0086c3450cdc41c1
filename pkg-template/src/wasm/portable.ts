// Where the module comes from: from JavaScript that the build has made of it. For engines without WebAssembly, and for pages
// that forbid it.

import { instantiate as run } from '#code';
import { imports } from './imports.js';

/** In JavaScript, nothing ends a view on memory that has moved. */
export const ENDS_VIEWS = false;

/** An instance of what the module does. */
export const instantiate = (): WebAssembly.Exports => run(imports);

/** The same as a promise. */
export const start = async (): Promise<WebAssembly.Exports> => instantiate();
