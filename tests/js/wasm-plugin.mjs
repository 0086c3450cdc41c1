// For esbuild, which doesn't know modules of WebAssembly: `import * as wasm from './keylatch_bg.wasm'`.

import { readFile } from 'node:fs/promises';

export const wasm = {
  name: 'wasm',
  setup(build) {
    build.onResolve({ filter: /\?bytes$/ }, ({ path }) => ({ path: path.replace('?bytes', ''), namespace: 'bytes' }));
    build.onLoad({ filter: /./, namespace: 'bytes' }, async ({ path }) => {
      return { contents: await readFile(path), loader: 'binary' };
    });
    build.onLoad({ filter: /\.wasm$/, namespace: 'file' }, async ({ path }) => {
      const module = new WebAssembly.Module(await readFile(path));
      const [{ module: glue }] = WebAssembly.Module.imports(module);
      const names = WebAssembly.Module.exports(module).map(({ name }) => name);
      const contents = `import bytes from ${JSON.stringify(`${path}?bytes`)};
        import * as glue from ${JSON.stringify(glue)};
        const { instance } = await WebAssembly.instantiate(bytes, { ${JSON.stringify(glue)}: glue });
        export const { ${names.join(', ')} } = instance.exports;`;
      return { contents };
    });
  },
};
