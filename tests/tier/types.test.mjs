// The types, with those of the clients.

import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const start = promisify(execFile);
const path = (name) => fileURLToPath(new URL(name, import.meta.url));

for (const [what, project] of Object.entries({ 'each client': '.', workers: 'workers' })) {
  test(`the types of ${what} are taken`, async () => {
    const compiler = path('../../node_modules/typescript/bin/tsc');
    const { stdout } = await start('node', [compiler, '-p', path(project), '--pretty', 'false']).catch(
      (error) => error,
    );
    if (stdout !== '') throw new Error(stdout);
  });
}
