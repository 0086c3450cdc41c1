// Keyv's own suite for stores, on `keylatch/keyv`.

import * as vitest from 'vitest';
import keyvTestSuite from '@keyv/test-suite';
import Keyv from 'keyv';
import { Cache } from 'keylatch';
import { KeyvStore } from 'keylatch/keyv';

const cache = new Cache({ max: 1_000 });
keyvTestSuite(vitest, Keyv, () => new KeyvStore(cache));
