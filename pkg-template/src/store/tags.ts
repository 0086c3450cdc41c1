// Names of tags, and the engine's numbers for them.

import { outOfMemory } from '../wasm/handles.js';
import type { Space } from './spaces.js';
import { core } from '../wasm/boot.js';

/** The tags in use. A namespace's tags are its own: the same name is another tag elsewhere. */
export class Tags {
  readonly #cache: number;
  /** Numbers by name, and by the path of the namespace. */
  readonly #numbers = new Map<string, Map<string, number>>();
  /** The name and the path of each number. */
  readonly #labels: (readonly [name: string, path: string] | undefined)[] = [];

  constructor(cache: number) {
    this.#cache = cache;
  }

  /** Whether any entry has a tag. */
  get inUse(): boolean {
    return this.#numbers.size > 0;
  }

  /**
   * Gives an entry its tags.
   *
   * @throws {CacheError} `out-of-memory`, and the entry may have some of them.
   */
  attach(slot: number, names: readonly string[], { path }: Space): void {
    for (const name of names) {
      const number = this.#numbers.get(name)?.get(path) ?? this.#open(name, path);
      if (!core.cacheAttachTag(this.#cache, slot, number)) throw outOfMemory();
    }
  }

  /** The numbers of a tag in a namespace and in those within it. */
  numbers(name: string, { path }: Space): number[] {
    return [...(this.#numbers.get(name) ?? [])].filter(([at]) => at.startsWith(path)).map(([, number]) => number);
  }

  /** The names of an entry's tags. */
  of(slot: number): string[] {
    const names: string[] = [];
    for (let number; (number = core.cacheTag(this.#cache, slot, names.length)) >= 0;)
      names.push(this.#labels[number]![0]);
    return names;
  }

  /** Forgets the names that no entry carries any more. */
  sweep(): void {
    for (let number; (number = core.cacheNextClosedTag(this.#cache)) >= 0;) {
      const [name, path] = this.#labels[number]!;
      const paths = this.#numbers.get(name)!;
      paths.delete(path);
      if (paths.size === 0) this.#numbers.delete(name);
      this.#labels[number] = undefined;
    }
  }

  /** Forgets every name. */
  clear(): void {
    this.#numbers.clear();
    this.#labels.length = 0;
  }

  #open(name: string, path: string): number {
    const number = core.cacheOpenTag(this.#cache);
    if (number < 0) throw outOfMemory();
    const paths = this.#numbers.get(name) ?? new Map<string, number>();
    this.#numbers.set(name, paths.set(path, number));
    this.#labels[number] = [name, path];
    return number;
  }
}
