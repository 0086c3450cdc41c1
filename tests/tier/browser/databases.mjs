// What the tests do to databases under a store.

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => {};
  });

/** Deletes a database. */
export const remove = (name) => answer(indexedDB.deleteDatabase(name));

/** Uses a database for a moment. */
export async function use(name, work) {
  const database = await answer(indexedDB.open(name));
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** How many entries an object store has. */
export const count = (name, store) =>
  use(name, (database) => answer(database.transaction(store).objectStore(store).count()));

/** Notes all that a database has. Returns what goes back to it. */
export async function save(name) {
  const copies = await use(name, (database) =>
    Promise.all(
      [...database.objectStoreNames].map(async (from) => {
        const store = database.transaction(from).objectStore(from);
        return [from, await Promise.all([answer(store.getAllKeys()), answer(store.getAll())])];
      }),
    ),
  );
  return () =>
    use(name, async (database) => {
      for (const [from, [keys, values]] of copies) {
        const transaction = database.transaction(from, 'readwrite');
        const store = transaction.objectStore(from);
        store.clear();
        keys.forEach((key, index) => store.put(values[index], key));
        await new Promise((resolve) => (transaction.oncomplete = resolve));
      }
    });
}

/** Keeps a value in a database of its own. */
export const keep = (name, value) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore('kept').put(value, 0);
    request.onsuccess = () => resolve(request.result.close());
    request.onerror = () => reject(request.error);
  });

/** The value that is kept. */
export const kept = (name) => use(name, (database) => answer(database.transaction('kept').objectStore('kept').get(0)));
