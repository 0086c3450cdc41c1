// How the page's tests report: a line for each, the whole story of those that fail, and the sum.

/** @param {AsyncIterable<{ type: string, data: any }>} events What node:test tells its reporters. */
export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  const begun = performance.now();
  for await (const { type, data } of events) {
    const isTest = data?.details?.type !== 'suite';
    if (type === 'test:pass' && isTest) {
      passed += 1;
      yield `ok      ${data.name}\n`;
    } else if (type === 'test:fail') {
      const { cause } = data.details.error;
      // A suite fails with its tests, and says so once more.
      if (data.details.error.failureType === 'subtestsFailed') continue;
      failed += 1;
      yield `FAILED  ${data.name}\n${cause?.stack ?? cause ?? data.details.error}\n`;
    } else if (type === 'test:stderr' || type === 'test:stdout') {
      yield data.message;
    }
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(2);
  yield `test result: ${failed === 0 ? 'ok' : 'FAILED'}. ${passed} passed; ${failed} failed; finished in ${seconds}s\n`;
}
