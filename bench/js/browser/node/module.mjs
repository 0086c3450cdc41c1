// What stands for node:module in the bundle: the packages that are required by their file come with it.

const PACKAGES = { 'mnemonist/lru-map.js': () => require('mnemonist/lru-map.js') };

export const createRequire = () => (name) => {
  if (!(name in PACKAGES))
    throw new Error(`the bundle has no ${name}; bench/js/browser/node/module.mjs lists what is required`);
  return PACKAGES[name]();
};
