// The same by require.

import { Cache } from 'keylatch';
import { KeyvStore } from 'keylatch/keyv';
import { observe } from 'keylatch/otel';
import { keylatchDriver } from 'keylatch/unstorage';

const cache = new Cache<string, unknown>({ max: 10 });
export const store = new KeyvStore(cache);
export const stop = observe(cache, 'numbers');
export const driver = keylatchDriver(cache);
