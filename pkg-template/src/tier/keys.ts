// Names as keys: any text, of any length.

/** Longer ones become hashes. */
const LONGEST = 100;

/**
 * Texts of at most 100 characters, or as many as those have in UTF-8: JSON's form of each name, since half of a surrogate
 * pair has none in UTF-8, or the hash of a long one. That begins with a quotation mark, as none of the others does.
 */
export const toKeys = (names: readonly string[]): Promise<string[]> => Promise.all(names.map(toKey));

export async function toKey(name: string): Promise<string> {
  const text = JSON.stringify(name).slice(1, -1);
  if (text.length <= LONGEST) return text;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `"${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
