#!/usr/bin/env node
// The demo: node demo/main.mjs

import { writeFileSync } from 'node:fs';
import { HELP, UsageError, readArguments } from './arguments.mjs';
import { Screen } from './terminal/screen.mjs';

const screen = new Screen(process.stdout);

// Whoever ends the demo early ends the registry with it: that goes with this process.
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => {
    screen.clear();
    process.stderr.write('Stopped.\n');
    process.exit(code);
  });
}
// Nobody reads on, as in `node demo/main.mjs | head`.
process.stdout.on('error', ({ code, message }) => {
  if (code !== 'EPIPE') process.stderr.write(`demo: can't print: ${message}\n`);
  process.exit(1);
});

try {
  await main(readArguments(process.argv.slice(2)));
} catch (error) {
  screen.clear();
  process.stderr.write(`demo: ${error.message}\n`);
  if (error instanceof UsageError) process.stderr.write('node demo/main.mjs --help tells what there is.\n');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function main({ help, json, tier }) {
  if (help) return screen.print(HELP.trimEnd());
  const { report } = await load(tier === undefined ? './report.mjs' : './tier/report.mjs');
  const facts = await report(screen);
  if (json === undefined) return;
  writeFileSync(json, `${JSON.stringify(facts, undefined, 2)}\n`);
  screen.print(`The same as JSON: ${json}`);
}

/** Loads the demo itself: it needs the package, which may not be built yet. */
async function load(script) {
  try {
    return await import(script);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(
      `${error.message}\nIs the package built, and are the others installed? cargo xtask build does both.`,
    );
  }
}
