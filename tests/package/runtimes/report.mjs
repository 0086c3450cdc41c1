// For programs that have tests of their own, by name: runs them one after the other, and prints how they went.

export async function report(tests) {
  const failures = [];
  for (const [name, run] of Object.entries(tests)) {
    try {
      await run();
    } catch (error) {
      failures.push({ name, error: String(error?.stack ?? error) });
    }
  }
  console.log(JSON.stringify({ seed: 0, passed: Object.keys(tests).length - failures.length, failures }));
}
