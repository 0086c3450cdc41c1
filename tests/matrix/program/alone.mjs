// A program that uses one class: what a bundler leaves of the package for it.

import { Cache } from 'keylatch';

console.log(new Cache({ max: 2 }).set('a', 'found').get('a'));
