// The package from a folder of sources and a folder of glue, as one file: without what makes the published one small.

import * as esbuild from 'esbuild';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode, script } from '../pkg-template/encode.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Bundles `source`, a copy of pkg-template/src, with the WebAssembly module in `glue`, into `outfile`. */
export async function bundle(source, glue, outfile) {
  const bytes = readFileSync(join(glue, 'keylatch_bg.wasm'));
  const encoded = encode(bytes, 1);
  const made = { '#bytes': script(encoded, JSON.stringify(encoded.text)), './imports.js': imports(bytes) };
  await esbuild.build({
    entryPoints: [join(source, 'index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [{ name: 'keylatch', setup: (build) => resolve(build, source, glue, made) }],
  });
}

function resolve(build, source, glue, made) {
  build.onResolve({ filter: /^#wasm$/ }, () => ({ path: join(source, 'wasm/inline.ts') }));
  build.onResolve({ filter: /^(#bytes|\.\/imports\.js)$/ }, ({ path }) => ({ path, namespace: 'made' }));
  build.onLoad({ filter: /.*/, namespace: 'made' }, ({ path }) => ({ contents: made[path], resolveDir: glue }));
}

/** A script with what the module imports. */
function imports(bytes) {
  const needed = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  const lines = needed.map(({ module, name }, index) => {
    return `import { ${name} as import${index} } from ${JSON.stringify(module)};`;
  });
  const members = [...new Set(needed.map(({ module }) => module))].map((script) => {
    const names = needed.map(({ module, name }, index) => (module === script ? `${name}: import${index}, ` : ''));
    return `${JSON.stringify(script)}: { ${names.join('')} }`;
  });
  return `${lines.join('\n')}\nexport const imports = { ${members.join(', ')} };`;
}

/** Bundles tests of the package, `suite` or `schedules`, into `outfile`. */
export async function bundleTests(tests, outfile) {
  await esbuild.build({
    entryPoints: [join(root, `tests/package/${tests}/index.mjs`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
}
