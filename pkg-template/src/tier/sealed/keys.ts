// Keys, and what is made with them.

/** What is derived of a key: one for the records, one for names, and one for the names' random numbers. */
export interface Keys {
  readonly data: CryptoKey;
  readonly name: CryptoKey;
  readonly digest: CryptoKey;
  /** The names that were made last. Tags and namespaces come with every record. */
  readonly names: Map<string, Promise<string>>;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** The form of what is sealed. Keys of other forms are other keys. */
const VERSION = 1;
const IV_LENGTH = 12;
/** Names are filled up to a multiple of this many bytes, so that their lengths tell little. */
const BLOCK = 32;
const SPACE = 32;
/** How many names are remembered. */
const REMEMBERED = 500;

const WRONG = 'sealed: expected a passphrase, a salt of at least 16 bytes, and a whole number of iterations above 0';

const toBytes = (text: string): Bytes => new TextEncoder().encode(text);
const toText = (bytes: Bytes): string => new TextDecoder().decode(bytes);
const toBase64 = (bytes: Bytes): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

async function toKey(secret: Bytes): Promise<CryptoKey> {
  const key = crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  secret.fill(0);
  return key;
}

/**
 * Makes a random key for {@link sealed}. It can't be read, also not by this program. IndexedDB can store it as it is.
 */
export async function newKey(): Promise<CryptoKey> {
  return toKey(crypto.getRandomValues(new Uint8Array(32)));
}

/**
 * Makes a key of a passphrase, for {@link sealed}. The same passphrase, salt and iterations make the same key.
 *
 * @param salt At least 16 random bytes. They are no secret, and have to be kept.
 * @param options `iterations` of PBKDF2 with SHA-256, 600,000 by default: about 0.2 s on a computer, 1 s on a phone. Who
 * has what is stored can try passphrases at this price.
 * @throws {TypeError} If an argument is wrong.
 */
export async function keyFromPassphrase(
  passphrase: string,
  salt: Uint8Array,
  { iterations = 600_000 }: { readonly iterations?: number | undefined } = {},
): Promise<CryptoKey> {
  const isRight = typeof passphrase === 'string' && passphrase !== '' && salt?.length >= 16;
  if (!isRight || !Number.isInteger(iterations) || iterations < 1) throw new TypeError(WRONG);
  const { subtle } = crypto;
  // Keyboards differ in how they write the same letter.
  const secret = toBytes(passphrase.normalize('NFKC'));
  const method = { name: 'PBKDF2', hash: 'SHA-256', salt: Uint8Array.from(salt), iterations };
  const base = await subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits']);
  return toKey(new Uint8Array(await subtle.deriveBits(method, base, 256)));
}

/** @param context What tells stores with the same key apart. */
export async function derive(key: CryptoKey, context: string): Promise<Keys> {
  const make = (use: string, kind: AesKeyGenParams | HmacKeyGenParams, usages: KeyUsage[]): Promise<CryptoKey> => {
    const info = toBytes(JSON.stringify(['keylatch', VERSION, use, context]));
    const method = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
    return crypto.subtle.deriveKey(method, key, kind, false, usages);
  };
  const aes = { name: 'AES-GCM', length: 256 };
  const [data, name, digest] = await Promise.all([
    make('data', aes, ['encrypt', 'decrypt']),
    make('name', aes, ['encrypt', 'decrypt']),
    make('digest', { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign']),
  ]);
  return { data, name, digest, names: new Map() };
}

/** @param bound What has to be the same when it is opened. */
export async function seal(
  key: CryptoKey,
  data: Bytes,
  bound: string,
  iv: Bytes = crypto.getRandomValues(new Uint8Array(IV_LENGTH)),
): Promise<Bytes> {
  const method = { name: 'AES-GCM', iv, additionalData: toBytes(bound) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(method, key, data));
  const all = new Uint8Array(IV_LENGTH + sealed.length);
  all.set(iv);
  all.set(sealed, IV_LENGTH);
  return all;
}

/** @returns `undefined` if it wasn't sealed like this. */
export async function unseal(key: CryptoKey, sealed: Uint8Array, bound: string): Promise<Bytes | undefined> {
  const [iv, rest] = [Uint8Array.from(sealed.subarray(0, IV_LENGTH)), Uint8Array.from(sealed.subarray(IV_LENGTH))];
  const method = { name: 'AES-GCM', iv, additionalData: toBytes(bound) };
  return crypto.subtle
    .decrypt(method, key, rest)
    .then((data) => new Uint8Array(data))
    .catch(() => undefined);
}

/** The name under which the store knows a text: always the same one, from which only the key leads back. */
export function toName(keys: Keys, text: string): Promise<string> {
  const { names } = keys;
  let name = names.get(text);
  if (!name) {
    for (const [oldest] of names) {
      if (names.size < REMEMBERED) break;
      names.delete(oldest);
    }
    names.set(text, (name = makeName(keys, text)));
  }
  return name;
}

async function makeName({ name, digest }: Keys, text: string): Promise<string> {
  const bytes = toBytes(JSON.stringify(text));
  const full = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK).fill(SPACE);
  full.set(bytes);
  const iv = new Uint8Array(await crypto.subtle.sign('HMAC', digest, full)).slice(0, IV_LENGTH);
  return toBase64(await seal(name, full, '', iv));
}

/** @returns `undefined` if it is no name of this key. */
export async function fromName({ name }: Keys, text: string): Promise<string | undefined> {
  try {
    return JSON.parse(toText((await unseal(name, fromBase64(text), ''))!)) as string;
  } catch {
    return undefined;
  }
}
