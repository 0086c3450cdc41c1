// How the tests start Chromium. webdriver.json has the same, for the runner of wasm-bindgen's tests.

/** It runs as root and without a screen here, and asks nobody but the tests' own servers. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
