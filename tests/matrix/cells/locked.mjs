// The versions of the root's own tools.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../projects.mjs';

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

/** The version of a package in package-lock.json. */
export const locked = (name) => lock.packages[`node_modules/${name}`].version;
