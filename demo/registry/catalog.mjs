// What the registry has, by name. The registry makes documents for these names; the demo asks for them.

/** How many DIDs there are. */
export const DIDS = 5_000;

/** How long the registry takes to answer, in milliseconds: the median, and how widely it varies. */
export const LATENCY = { median: 40, sigma: 0.7, most: 1_000 };

/** How many of its answers a DID that fails now and then leaves out. */
export const FAILURES = 0.1;

/** The DID of this number. The lower the number, the more it is asked for. */
export const didOf = (number) => `did:web:registry.example:orgs:${String(number).padStart(4, '0')}`;

/** Whether the DID of this number is only asked for, and isn't there. */
export const isMissing = (number) => number % 97 === 50;

/** Whether the DID of this number fails now and then. */
export const isFlaky = (number) => number % 61 === 30;

/** Where a did:web DID has its document. */
export function didPath(did) {
  const [, , , ...path] = did.split(':');
  return `/${path.length === 0 ? '.well-known' : path.join('/')}/did.json`;
}

export const LEDGERS = ['main', 'test'];

/** Who has published schemas, on each ledger. */
export const ISSUERS = ['4RW6QK2HZhHa2tn7t1jqt8', 'Gs6cQcvrtWoZKsbBhD3dQJ', 'UY7MAT5nEnwCDi6GPJFAwA'];

/** The schemas that each issuer has published. */
export const SCHEMAS = {
  'university-degree': ['given_name', 'family_name', 'degree', 'field', 'awarded_on'],
  'employee-badge': ['given_name', 'family_name', 'employee_id', 'department', 'valid_until'],
  'drivers-license': ['given_name', 'family_name', 'birth_date', 'license_number', 'categories', 'expires_on'],
  'health-insurance': ['member_name', 'member_id', 'plan', 'insured_since'],
};

/** What a schema is called on a ledger. */
export const schemaId = (issuer, name) => `${issuer}:2:${name}:1.0`;

/** Where the registry has a schema. */
export const schemaPath = (ledger, id) => `/ledgers/${ledger}/schemas/${id}`;
