// Random schedules of locks and loads: node run-schedules.mjs, with SEED, SCHEDULES, SECONDS, and the SCHEDULE that has failed.

import * as keylatch from 'keylatch';
import { run } from './schedules.mjs';

const { SEED, SCHEDULES, SECONDS, SCHEDULE: path } = process.env;
const number = (text) => (text === undefined ? undefined : Number(text));
const options = { seed: number(SEED), schedules: number(SCHEDULES), seconds: number(SECONDS), path };
console.log(JSON.stringify(await run(keylatch, options)));
