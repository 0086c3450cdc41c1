// Starts the parts of the page, each on its own: one that can't start says why in its place, and the others go on.

import { version } from 'keylatch/package.json';
import { startCallers } from './callers/panel.js';
import { startCopy } from './copy.js';
import { byId } from './dom.js';
import { showError } from './errors.js';
import { startSpeed } from './speed/panel.js';
import { startTry } from './try/panel.js';

const PARTS = { content: startCopy, try: startTry, callers: startCallers, speed: startSpeed };

for (const [id, start] of Object.entries(PARTS)) {
  const section = byId(id);
  try {
    start(section);
  } catch (error) {
    showError(section.querySelector('[data-error]'), error);
  }
}

byId('version').textContent = `keylatch ${version}`;
