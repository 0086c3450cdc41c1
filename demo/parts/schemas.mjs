// Part 4: schemas in the plain cache, with namespaces and tags.

import { Cache } from 'keylatch';
import { ISSUERS, LEDGERS, SCHEMAS, schemaId, schemaPath } from '../registry/catalog.mjs';
import { count } from '../terminal/format.mjs';
import { table } from '../terminal/table.mjs';

export const title = 'Schemas, in the plain Cache';

export const intent = `A namespace for each ledger keeps apart what has the same id on both. A tag for
each issuer finds all of its schemas, in every namespace.`;

/** Fills a cache with schemas, and asks it in the ways that it has. */
export async function run({ registry, claims, progress }) {
  const steps = [];
  const step = (code, outcome) => steps.push({ code, outcome });

  const schemas = new Cache({ max: 500, ttl: 10 * 60_000 });
  const ids = ISSUERS.flatMap((issuer) => Object.keys(SCHEMAS).map((name) => schemaId(issuer, name)));
  await registry.reset();

  /** The schema of this id on a ledger: from the cache if it is there. */
  const schemaOf = async (ledger, id) => {
    const onLedger = schemas.namespace(ledger);
    const known = onLedger.get(id);
    if (known !== undefined) return known;
    progress.tick(`fetching schema ${id} of the ${ledger} ledger`);
    const { body } = await registry.get(schemaPath(ledger, id));
    onLedger.set(id, body, { tags: [body.issuerId] });
    return body;
  };
  const everySchema = () => Promise.all(LEDGERS.flatMap((ledger) => ids.map((id) => schemaOf(ledger, id))));

  const all = ids.length * LEDGERS.length;
  await everySchema();
  const first = (await registry.counts()).requests;
  step('each schema of each ledger, for the first time', `${count(first)} requests upstream`);
  await everySchema();
  const again = (await registry.counts()).requests - first;
  step('each of them again', `${count(again)} requests upstream`);

  const [id] = ids;
  const attributes = LEDGERS.map((ledger) => schemas.namespace(ledger).get(id).attrNames.length);
  LEDGERS.forEach((ledger, index) => {
    step(`schemas.namespace('${ledger}').get(id)`, `${attributes[index]} attributes`);
  });

  const removed = schemas.deleteByTag(ISSUERS[0]);
  step('schemas.deleteByTag(issuer)', `${count(removed)} schemas removed`);
  const left = LEDGERS.map((ledger) => schemas.namespace(ledger).size);
  step(`schemas.namespace('${LEDGERS[0]}').size`, count(left[0]));
  schemas.namespace(LEDGERS[1]).clear();
  step(`schemas.namespace('${LEDGERS[1]}').clear()`, `${count(left[1])} schemas removed`);
  const stats = schemas.stats();

  const perIssuer = Object.keys(SCHEMAS).length * LEDGERS.length;
  claims.equal('Requests upstream for schemas, the first time', first, all);
  claims.equal('Requests upstream for schemas, the second time', again, 0);
  claims.equal('Attributes that only the test ledger has', attributes[1] - attributes[0], 1);
  claims.equal("Schemas removed by an issuer's tag", removed, perIssuer);
  claims.equal('Schemas left when one ledger was cleared', stats.entries, (all - perIssuer) / LEDGERS.length);
  return { schemas: all, steps, stats };
}

/** @returns {string} */
export function show({ steps, stats: { hits, misses, inserts, deletions, entries } }) {
  const rows = steps.map(({ code, outcome }) => [code, outcome]);
  rows.push(['schemas.stats()', `{ hits: ${hits}, misses: ${misses},`]);
  rows.push(['', `  inserts: ${inserts}, deletions: ${deletions},`]);
  rows.push(['', `  entries: ${entries} }`]);
  return table([], rows, { isLeft: true });
}
