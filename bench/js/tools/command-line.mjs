// Command lines.

import { closeSync, openSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * Reads the command line. Ends the process after `--help`, and where a word is wrong.
 *
 * @param usage What is printed then.
 * @param kinds The options as `parseArgs` takes them; `json` is a file that is written in the end.
 * @returns The options, and `refuse`, which ends the process with a message.
 */
export function readCommandLine(usage, kinds) {
  const refuse = (message) => {
    console.error(`${message}\n\n${usage}`);
    process.exit(2);
  };
  try {
    const options = { ...kinds, json: { type: 'string' }, help: { type: 'boolean' } };
    const { help, ...values } = parseArgs({ options }).values;
    if (help) {
      console.log(usage);
      process.exit(0);
    }
    // A file that cannot be written is found now, and not after some minutes.
    if (values.json !== undefined) closeSync(openSync(values.json, 'a'));
    return { options: values, refuse };
  } catch (error) {
    return refuse(error.message);
  }
}
