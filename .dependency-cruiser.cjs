// The layers of the TypeScript: a folder imports only from itself and from those before it, and nothing goes in circles.

const LAYERS = ['base', 'wasm', 'store', 'locks', 'loads', 'cache', 'aries'];
const SOURCE = '^pkg-template/src/';

module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'tier-imports-from-base',
      severity: 'error',
      comment: 'The second tier and its stores are entries of their own, which know the types of the cache.',
      from: { path: `${SOURCE}tier/` },
      to: { path: SOURCE, pathNot: `${SOURCE}((base|tier)/|index\\.ts$)` },
    },
    ...LAYERS.map((layer, index) => ({
      name: `${layer}-imports-from-below`,
      severity: 'error',
      from: { path: `${SOURCE}${layer}/` },
      to: { path: SOURCE, pathNot: `${SOURCE}(${LAYERS.slice(0, index + 1).join('|')})/` },
    })),
  ],
  options: { parser: 'swc', tsPreCompilationDeps: true, exclude: { path: 'node_modules|\\.d\\.ts$' } },
};
