// Random schedules of locks and loads: node run-schedules.mjs, with SEED and SCHEDULES.

import * as keylatch from 'keylatch';
import { run } from './schedules.mjs';

const { SEED, SCHEDULES } = process.env;
const options = { ...(SEED && { seed: Number(SEED) }), ...(SCHEDULES && { schedules: Number(SCHEDULES) }) };
console.log(JSON.stringify(await run(keylatch, options)));
