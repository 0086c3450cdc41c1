// Part 5: values that haven't changed, and a registry that is down.

import { Cache } from 'keylatch';
import { ISSUERS, LEDGERS, SCHEMAS, schemaId, schemaPath } from '../registry/catalog.mjs';
import { count } from '../terminal/format.mjs';
import { table } from '../terminal/table.mjs';

export const title = 'Unchanged values, and a registry that is down';

export const intent = `A loader gets the old value and its ETag, and asks only whether there is a newer
one. While the registry fails, callers get the old value at once, and it is asked
once a second.`;

const CALLERS = 200;

/** Loads schemas with conditional requests, from a registry that is there, and then fails. */
export async function run({ registry, claims, progress }) {
  const schemas = new Cache({ max: 500, ttl: 10 * 60_000, grace: 60 * 60_000, graceBackoff: 1_000 });
  const ids = Object.keys(SCHEMAS).map((name) => schemaId(ISSUERS[0], name));
  let bytes = 0;

  const load = async ({ key, etag, notModified, setEtag }) => {
    progress.tick(`asking for schema ${key}`);
    const answer = await registry.get(schemaPath(LEDGERS[0], key), etag && { 'if-none-match': etag });
    bytes += answer.bytes;
    if (answer.status === 304) return notModified();
    if (answer.status !== 200) throw new Error(`the registry says ${answer.status}`);
    setEtag(answer.etag);
    return answer.body;
  };
  const everySchema = async () => {
    const before = bytes;
    const values = await Promise.all(ids.map((id) => schemas.getOrSet(id, load)));
    return { values, bytes: bytes - before };
  };

  await registry.reset();
  const first = await everySchema();
  const expired = schemas.expire();
  const second = await everySchema();
  const unchanged = second.values.filter((value, index) => value === first.values[index]).length;
  const requests = (await registry.counts()).requests;

  // Now it fails, and the value has expired.
  const [id] = ids;
  await registry.fail(schemaPath(LEDGERS[0], id), 1_000_000);
  schemas.expire(id);
  const served = [];
  for (let caller = 0; caller < CALLERS; caller += 1) served.push(await schemas.getOrSet(id, load));
  const { staleServes } = schemas.stats();
  const whileDown = (await registry.counts()).requests - requests;
  await registry.fail(schemaPath(LEDGERS[0], id), 0);

  claims.equal('Schemas that expired at one call', expired, ids.length);
  claims.equal('Values that stayed, because the registry answered 304', unchanged, ids.length);
  claims.equal('Bytes of documents for values that had not changed', second.bytes, 0);
  claims.equal(
    'Callers served while the registry failed',
    served.filter((value) => value === first.values[0]).length,
    CALLERS,
  );
  claims.equal('Expired values among these', staleServes, CALLERS);
  claims.below('Requests upstream for them', whileDown, CALLERS / 20);
  return { schemas: ids.length, first: first.bytes, second: second.bytes, unchanged, callers: CALLERS, whileDown };
}

/** @returns {string} */
export function show({ schemas, first, second, unchanged, callers, whileDown }) {
  const rows = [
    [`${count(schemas)} schemas, for the first time`, `${count(first)} bytes of documents`],
    ['schemas.expire(), and all of them again', `${count(second)} bytes, ${count(unchanged)} answers "not modified"`],
    [
      `${count(callers)} callers, one after the other, while the registry fails`,
      `requests upstream: ${count(whileDown)}`,
    ],
  ];
  return table([], rows, { isLeft: true });
}
