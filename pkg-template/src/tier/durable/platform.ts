// What is used of Cloudflare's own types: bindings fit whichever version of those a program has.

/** A value in SQLite. */
export type SqlValue = ArrayBuffer | string | number | null;

/** The state with which the runtime makes an object. */
export interface ObjectState {
  readonly storage: ObjectStorage;
}

/** The storage of an object. */
export interface ObjectStorage {
  /** Throws where the class has not been declared in `new_sqlite_classes`. */
  readonly sql: {
    exec(query: string, ...bindings: (SqlValue | Uint8Array)[]): { toArray(): Record<string, SqlValue>[] };
  };
  transactionSync<T>(work: () => T): T;
  getAlarm(): Promise<number | null>;
  setAlarm(time: number): Promise<void>;
}

/** Where the objects of a class are found: a binding of `durable_objects`. */
export interface ObjectNamespace {
  idFromName(name: string): object;
  get(id: never): object;
}
