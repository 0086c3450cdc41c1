// Names, spans and answers as every client can send them.

import type { Answer } from '../store.js';

/** JSON's form of a name without its quotes: half of a surrogate pair has none in UTF-8. */
export const toName = (text: string): string => JSON.stringify(text).slice(1, -1);
export const toNames = (texts: readonly string[]): string => JSON.stringify(texts.map(toName));
export const fromName = (name: string): string => JSON.parse(`"${name}"`) as string;

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
