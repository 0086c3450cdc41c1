// An extension of Chromium's, whose service worker sends its results.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultOf } from '../browsers.mjs';
import { serve } from '../serve.mjs';
import { consumer } from './consumer.mjs';

/** How long it may take, in milliseconds. */
const LIMIT = 600_000;

/** Loads an extension with the suite, and waits for its result. */
export async function inExtension() {
  const folder = join(consumer, 'extension');
  const server = await serve(consumer);
  mkdirSync(folder, { recursive: true });
  for (const file of ['suite.mjs', 'extension-worker.mjs']) cpSync(join(consumer, file), join(folder, file));
  cpSync(join(consumer, 'node_modules/keylatch/portable.js'), join(folder, 'portable.js'));
  const settings = { url: `${server.url}/result`, only: process.env.TESTS };
  const lines = Object.entries(settings).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`);
  writeFileSync(join(folder, 'settings.mjs'), lines.join(''));
  const manifest = {
    manifest_version: 3,
    name: 'keylatch',
    version: '1',
    background: { service_worker: 'extension-worker.mjs', type: 'module' },
    host_permissions: ['http://localhost/*'],
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const flags = [`--load-extension=${folder}`, '--disable-features=DisableLoadExtensionCommandLineSwitch'];
  try {
    return await resultOf('chromium', server, 'about:blank', { flags, limit: LIMIT });
  } finally {
    await server.close();
  }
}
