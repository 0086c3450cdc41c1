// Command lines.

import { closeSync, openSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * Reads the options of these kinds, as `parseArgs` takes them, and `--json FILE`. Ends the process after `--help`, and
 * where a word is wrong. Returns the options, and `refuse`, which ends the process with a message and the usage.
 */
export function readCommandLine(usage, kinds) {
  const refuse = (message) => {
    console.error(`${message}\n\n${usage}`);
    process.exit(2);
  };
  try {
    const { values: options } = parseArgs({
      options: { ...kinds, json: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (options.help) {
      console.log(usage);
      process.exit(0);
    }
    // A file that cannot be written is found now, and not after some minutes.
    if (options.json !== undefined) closeSync(openSync(options.json, 'a'));
    return { options, refuse };
  } catch (error) {
    return refuse(error.message);
  }
}
