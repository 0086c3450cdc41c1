// The documents that the registry serves.

import { randomBytes } from 'node:crypto';
import { DIDS, ISSUERS, LEDGERS, SCHEMAS, didOf, didPath, isMissing, schemaId, schemaPath } from './catalog.mjs';

/**
 * Makes all documents.
 *
 * @returns {Map<string, { type: string, body: string }>} What to answer, by path.
 */
export function makeDocuments() {
  const documents = new Map();
  for (let number = 0; number < DIDS; number += 1) {
    if (isMissing(number)) continue;
    const did = didOf(number);
    documents.set(didPath(did), { type: 'application/did+json', body: JSON.stringify(didDocument(did, number)) });
  }
  for (const ledger of LEDGERS) {
    for (const issuer of ISSUERS) {
      for (const name in SCHEMAS) {
        const body = JSON.stringify(schema(ledger, issuer, name));
        documents.set(schemaPath(ledger, schemaId(issuer, name)), { type: 'application/json', body });
      }
    }
  }
  return documents;
}

/** A DID document: two or three keys, and the services of an organisation that issues credentials. */
function didDocument(did, number) {
  const methods = [method(did, 'auth', publicKey('OKP', 'Ed25519')), method(did, 'agree', publicKey('OKP', 'X25519'))];
  if (number % 3 === 0) methods.push(method(did, 'sign', publicKey('EC', 'P-256')));
  const [auth, agree, sign = auth] = methods.map(({ id }) => id);
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
    id: did,
    controller: did,
    verificationMethod: methods,
    authentication: [auth],
    assertionMethod: [sign],
    keyAgreement: [agree],
    service: services(did, number, agree),
  };
}

function method(did, name, publicKeyJwk) {
  return { id: `${did}#${name}`, type: 'JsonWebKey2020', controller: did, publicKeyJwk };
}

/**
 * A key as a JSON Web Key. Nobody here checks a signature, so random numbers do; and making thousands of real keys as
 * JSON Web Keys can block Node 20 for good, in a lock of its own.
 */
function publicKey(kty, crv) {
  const number = () => randomBytes(32).toString('base64url');
  return kty === 'EC' ? { kty, crv, x: number(), y: number() } : { kty, crv, x: number() };
}

function services(did, number, agree) {
  const origin = `https://org-${number}.example`;
  const messaging = { uri: `${origin}/didcomm`, accept: ['didcomm/v2'], routingKeys: [agree] };
  return [
    { id: `${did}#didcomm`, type: 'DIDCommMessaging', serviceEndpoint: messaging },
    { id: `${did}#site`, type: 'LinkedDomains', serviceEndpoint: origin },
    { id: `${did}#status`, type: 'BitstringStatusList', serviceEndpoint: `${origin}/credentials/status` },
  ].slice(0, 1 + (number % 3));
}

/** A schema as AnonCreds has it. On the test ledger it has one attribute more. */
function schema(ledger, issuer, name) {
  const attrNames = ledger === 'test' ? [...SCHEMAS[name], 'draft_note'] : SCHEMAS[name];
  return { issuerId: issuer, name, version: '1.0', attrNames };
}
