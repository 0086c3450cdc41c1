// The names of marks: of a key, of a tag, of a key space. A store compares them and understands nothing of them.

import type { Key, TierSpace } from '../../index.js';

/** What a mark is about. Without a key and a tag: every key of the space, and of those nested in it. */
export interface Subject {
  /** The names on the way to the space. */
  readonly names: readonly string[];
  readonly key?: Key | undefined;
  readonly tag?: string | undefined;
}

/** The letters that marks begin with. */
const [KEY, TAG, SPACE] = ['k', 't', 's'];

/** The length in front tells where the path ends. */
const within = (kind: string | undefined, path: string): string => `${kind}${path.length}.${path}`;

/** The mark of a key, which is its record's id as well. The number 1 and the text '1' are two keys. */
export function markOfKey(path: string, key: Key): string {
  return `${within(KEY, path)}${typeof key === 'string' ? "'" : '#'}${key}`;
}

/** The mark of a tag in a key space. */
export function markOfTag(path: string, tag: string): string {
  return within(TAG, path) + tag;
}

/** The mark of a whole key space. */
export function markOfSpace(path: string): string {
  return within(SPACE, path);
}

/** The mark of all there is. */
export const ALL = markOfSpace('');

/** Whether a mark is of one key. */
export const isOfKey = (mark: string): boolean => mark.startsWith(KEY!);

/** Whether a space is that of a mark, or nested in it. */
export function isWithin(path: string, mark: string): boolean {
  const size = Number(mark.slice(1, mark.indexOf('.')));
  const begin = mark.indexOf('.') + 1;
  return path.startsWith(mark.slice(begin, begin + size));
}

/** The marks that concern a record: its own, and those of each space that it is in, with its tags there. */
export function concernsOf({ names, path }: TierSpace, id: string, tags: readonly string[]): string[] {
  const marks = [id];
  let outer = '';
  for (let depth = 0; ; depth += 1) {
    marks.push(markOfSpace(outer), ...tags.map((tag) => markOfTag(outer, tag)));
    if (outer === path) return marks;
    const name = names[depth] ?? '';
    outer += `${name.length}:${name}`;
  }
}

/** What a mark is about; `undefined` if no cache can have made it. */
export function subjectOf(mark: string): Subject | undefined {
  const match = /^([kts])(\d+)\./.exec(mark);
  if (match === null) return undefined;
  const [{ length }, kind, size] = [match[0], match[1], Number(match[2])];
  const names: string[] = [];
  let at = length;
  while (at < length + size) {
    const begin = mark.indexOf(':', at) + 1;
    at = begin + Number(mark.slice(at, begin - 1));
    names.push(mark.slice(begin, at));
  }
  const rest = mark.slice(at);
  if (kind === TAG) return { names, tag: rest };
  if (kind === SPACE) return { names };
  return { names, key: rest.startsWith('#') ? Number(rest.slice(1)) : rest.slice(1) };
}
