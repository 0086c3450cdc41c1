// The demo's parts, one after the other, and what came of them.

import { versionsOf } from '../bench/js/tools/versions.mjs';
import { Claims } from './claims.mjs';
import * as busy from './parts/busy.mjs';
import * as expiry from './parts/expiry.mjs';
import * as oneDid from './parts/one-did.mjs';
import * as revalidation from './parts/revalidation.mjs';
import * as schemas from './parts/schemas.mjs';
import { DIDS, LATENCY } from './registry/catalog.mjs';
import { Registry } from './registry/client.mjs';
import { count, seconds } from './terminal/format.mjs';

const PARTS = { busy, oneDid, expiry, schemas, revalidation };

/**
 * Runs the demo, and prints each part as soon as it is measured.
 *
 * @param {import('./terminal/screen.mjs').Screen} screen
 * @returns {Promise<object>} The facts.
 * @throws {import('./claims.mjs').BrokenClaim}
 */
export async function report(screen) {
  const begun = performance.now();
  const versions = { ...versionsOf(['keylatch', 'did-resolver']), node: process.versions.node };
  screen.head(
    `keylatch ${versions.keylatch} as the cache of did-resolver ${versions['did-resolver']}, on Node ${versions.node}`,
  );
  screen.print();
  screen.print(`A registry on this machine serves ${count(DIDS)} DIDs. Like one far away, it takes about
${LATENCY.median} ms for an answer, and now and then much longer. Some DIDs do not exist, and
some fail now and then.`);
  screen.show('starting the registry');

  const registry = await Registry.start();
  try {
    const claims = new Claims();
    const facts = { versions };
    for (const [index, [name, part]] of Object.entries(PARTS).entries()) {
      screen.print();
      screen.head(`${index + 1}. ${part.title}`);
      screen.print(`${part.intent}\n`);
      facts[name] = await part.run({ registry, claims, progress: screen });
      screen.print(part.show(facts[name]));
    }
    facts.claims = claims.held;
    facts.seconds = (performance.now() - begun) / 1000;
    screen.print(`\nAll ${count(facts.claims.length)} claims hold. It took ${seconds(facts.seconds)}.`);
    return facts;
  } finally {
    screen.clear();
    await registry.stop();
  }
}
