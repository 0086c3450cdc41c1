// Key spaces: the cache's own, and one for each namespace in use.

import type { Key } from '../base/key.js';

/** The secrets of one cache: without them nobody can tell which keys share a hash. */
export interface Seed {
  /** Where a hash starts. */
  readonly start: number;
  /** What it is multiplied by; odd. */
  readonly factor: number;
}

/** The keys of one namespace, with the slots of their entries. */
export interface Space {
  /** The names on the way to the namespace. */
  readonly names: readonly string[];
  /** The same as one string, such that a nested namespace's begins with its parent's. */
  readonly path: string;
  readonly index: Map<Key, number>;
  /** The secrets for hashes of these keys, once there was one: the same key counts apart in each namespace. */
  seed?: Seed;
}

/** The names on the way to a namespace, from its path. */
export function namesOf(path: string): string[] {
  const names: string[] = [];
  for (let at = 0; at < path.length;) {
    const begin = path.indexOf(':', at) + 1;
    at = begin + Number(path.slice(at, begin - 1));
    names.push(path.slice(begin, at));
  }
  return names;
}

/** All key spaces of a cache. A namespace costs something only while it has entries, or somebody holds it. */
export class Spaces {
  /** The cache's own keys. */
  readonly root: Space = { names: [], path: '', index: new Map() };
  readonly #named = new Map<string, Space>();

  /** The space of a nested namespace, which counts for nothing until it has an entry. */
  nested({ names, path }: Space, name: string): Space {
    // The length in front makes it impossible for two lists of names to give one path.
    const below = `${path}${name.length}:${name}`;
    return this.#named.get(below) ?? { names: [...names, name], path: below, index: new Map() };
  }

  /**
   * The space that is in use now under the path of this one. They differ when two views of an empty namespace were made
   * apart from each other, and the other one got the first entry.
   */
  current(space: Space): Space {
    return space.index.size === 0 && space !== this.root ? (this.#named.get(space.path) ?? space) : space;
  }

  /** The space with this path, if it has entries. */
  withPath(path: string): Space | undefined {
    return path === '' ? this.root : this.#named.get(path);
  }

  /** Notes that a space has got its first entry. */
  enlist(space: Space): void {
    if (space !== this.root) this.#named.set(space.path, space);
  }

  /** Notes that a space has lost its last entry. */
  dismiss(space: Space): void {
    this.#named.delete(space.path);
  }

  /** The spaces that have entries, and the cache's own. */
  *all(): Generator<Space> {
    yield this.root;
    yield* this.#named.values();
  }

  /** A space with all that are nested in it, as far as they have entries. */
  *within(space: Space): Generator<Space> {
    yield this.current(space);
    for (const other of this.#named.values()) {
      if (other.path !== space.path && other.path.startsWith(space.path)) yield other;
    }
  }

  /** Forgets every key. */
  clear(): void {
    this.root.index.clear();
    for (const space of this.#named.values()) space.index.clear();
    this.#named.clear();
  }
}
