// The DID method of the demo: did:web, but every host is the registry on this machine.

import { didPath } from './registry/catalog.mjs';

/**
 * Makes the methods for did-resolver's `Resolver`.
 *
 * @param {(path: string) => Promise<{ status: number, body: unknown }>} get Asks the registry.
 * @returns {import('did-resolver').ResolverRegistry}
 */
export function methods(get) {
  const web = async (did) => {
    try {
      const { status, body } = await get(didPath(did));
      if (status === 200) return resolved(body);
      return status === 404 ? failed('notFound', 'no such DID') : failed('internalError', `status ${status}`);
    } catch (error) {
      return failed('internalError', error.message);
    }
  };
  return { web };
}

function resolved(didDocument) {
  const didResolutionMetadata = { contentType: 'application/did+json' };
  return { didResolutionMetadata, didDocument, didDocumentMetadata: {} };
}

function failed(error, message) {
  return { didResolutionMetadata: { error, message }, didDocument: null, didDocumentMetadata: {} };
}
