// Requests of a transaction.

/** The answer to a request. The transaction stays open for whoever goes on in the same turn. */
export const ask = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });

/** Removes what is first in an order, and what comes next, as long as the visitor says so. */
export const removeWhile = <Key>(
  store: IDBObjectStore,
  order: IDBRequest<IDBCursor | null>,
  visit: (key: Key) => boolean,
): Promise<void> =>
  new Promise((resolve, reject) => {
    order.onerror = () => reject(order.error as Error);
    order.onsuccess = () => {
      const cursor = order.result;
      if (!cursor || !visit(cursor.key as Key)) return resolve();
      store.delete(cursor.primaryKey);
      cursor.continue();
    };
  });
