// Names and data as texts, which every client can send.

import type { Answer } from '../store.js';

/** JSON's form of a name without its quotes: half of a surrogate pair has none in UTF-8. */
export const toName = (text: string): string => JSON.stringify(text).slice(1, -1);
export const toNames = (texts: readonly string[]): string => JSON.stringify(texts.map(toName));
export const fromName = (name: string): string => JSON.parse(`"${name}"`) as string;

/** Texts stay texts, which every client can send. All else becomes base64. */
export function toText(data: Uint8Array): string {
  try {
    return `=${new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)}`;
  } catch {
    let bytes = '';
    for (const byte of data) bytes += String.fromCharCode(byte);
    return `:${btoa(bytes)}`;
  }
}

export function fromText(text: string): Uint8Array {
  const rest = text.slice(1);
  return text[0] === '=' ? new TextEncoder().encode(rest) : Uint8Array.from(atob(rest), (byte) => byte.charCodeAt(0));
}

/** Some 30,000 years, in milliseconds. */
const EVER = 1e15;

/** Whole milliseconds, as Redis takes them. */
export const toSpan = (span: number): number => Math.max(1, Math.min(Math.ceil(span), EVER));

/** The same for a life, where 0 is for ever. */
export const toLife = (life: number): number => (life < EVER ? toSpan(life) : 0);

export const toAnswer = ([epoch, sequence, now]: readonly unknown[]): Answer => ({
  epoch: String(epoch),
  sequence: Number(sequence),
  now: Number(now),
});
