// By require.

import keylatch = require('keylatch');
import slim = require('keylatch/slim');

const cache: keylatch.Cache<string, number> = new keylatch.Cache<string, number>({ max: 5 });
cache.set('a', 1);
slim.initSync(new Uint8Array(8));
