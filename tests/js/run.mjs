// The classes of the crate's feature `js`, as wasm-pack packs them: node tests/js/run.mjs
//
// `cargo xtask test js` has built the packages before, into target/js. Chromium is found in CHROMIUM.

import * as esbuild from 'esbuild';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resultOf } from '../browsers.mjs';
import { printFailures, printResult, runTests } from '../results.mjs';
import { serve } from '../serve.mjs';
import { declarationTests } from './declarations.mjs';
import { absent, run } from './suite.mjs';
import { wasm } from './wasm-plugin.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '../../target/js');
const classes = createRequire(import.meta.url)(join(folder, 'nodejs/keylatch.js'));

/** Tells what keeps the script from running, too. */
const PAGE = `<!doctype html>
<script>
  function fail({ message = 'the script or one of its parts is missing' }) {
    const failures = [{ name: 'all of it', error: message }];
    fetch('./result', { method: 'POST', body: JSON.stringify({ passed: 0, failures }) });
  }
  addEventListener('error', fail);
</script>
<script type="module" src="./SCRIPT" onerror="fail({})"></script>
`;

/** The package is no part of the page's script: the page loads it as it is. */
const asItIs = {
  name: 'as it is',
  setup(build) {
    build.onResolve({ filter: /\/web\/keylatch\.js$/ }, () => ({ path: './web/keylatch.js', external: true }));
  },
};

/** Bundles a page's script, and opens the page in Chromium. */
async function inPage(script, options) {
  const bundle = { entryPoints: [join(here, script)], bundle: true, format: 'esm', target: 'es2022', ...options };
  await esbuild.build({ ...bundle, outfile: join(folder, script), logLevel: 'warning' });
  writeFileSync(join(folder, 'page.html'), PAGE.replace('SCRIPT', script));
  const server = await serve(folder);
  try {
    return await resultOf('chromium', server, new URL('page.html', server.url).href);
  } finally {
    await server.close();
  }
}

/** Where the suite runs. */
const PLACES = {
  'in Node': () => run(classes, { onBegin: () => {} }),
  'in a page': () => inPage('web.mjs', { plugins: [asItIs] }),
  'in a bundle, in a page': () => inPage('bundled.mjs', { plugins: [wasm] }),
};

for (const { name, reason } of absent) console.log(`left out: ${name} (${reason})`);
for (const [place, runThere] of Object.entries(PLACES)) {
  const begun = performance.now();
  const failed = (error) => ({ passed: 0, failures: [{ name: 'all of it', error: error.stack }] });
  const { passed, failures } = await runThere().catch(failed);
  printFailures(failures.map(({ name, error }) => ({ name: `${place}: ${name}`, error })));
  printResult(`classes for JavaScript ${place}, ${absent.length} left out by name`, {
    passed,
    failed: failures.length,
    begun,
  });
}
await runTests(declarationTests(folder, classes), { place: 'declarations of the classes', width: 2 });
