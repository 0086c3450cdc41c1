// What a runner of tests prints last, in the words of cargo's: `cargo xtask test` reads it, and repeats what has failed.

/** Prints the tests that have failed. Each is a block, which begins with the test's name. */
export function printFailures(failures) {
  for (const { name, error } of failures) console.log(`\n---- ${name} ----\n${error}`);
}

/** Prints how the tests of one place went, and remembers it for the process. */
export function printResult(place, { passed, failed, begun }) {
  const seconds = ((performance.now() - begun) / 1000).toFixed(2);
  const result = `${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; finished in ${seconds}s`;
  console.log(`${place ? `${place}: ` : ''}test result: ${result}`);
  if (failed > 0) process.exitCode = 1;
}

/** Runs tests by name, so many at a time, and prints how they went. */
export async function runTests(tests, { place, width = 1 } = {}) {
  const begun = performance.now();
  const left = Object.entries(tests);
  const count = left.length;
  const failures = [];
  const work = async () => {
    for (let test; (test = left.shift()) !== undefined;) {
      const [name, run] = test;
      try {
        await run();
      } catch (error) {
        failures.push({ name, error: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  printFailures(failures);
  printResult(place, { passed: count - failures.length, failed: failures.length, begun });
}
