// In a service worker: where import maps don't reach.

import * as keylatch from './node_modules/keylatch/index.js';
import { run } from './suite.mjs';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  event.waitUntil(run(keylatch, event.data).then((result) => event.source.postMessage(result)));
});
