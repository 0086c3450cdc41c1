// In a process: the result is the last line.

import { check } from './program.mjs';

check().then((result) => console.log(JSON.stringify(result)));
