// Where the module comes from: from an import, compiled by the platform. For workerd and Vercel's edge, which refuse to
// compile bytes.

import module from '#module';

/** The module that the platform has compiled. */
export function compile(): WebAssembly.Module {
  return module;
}
