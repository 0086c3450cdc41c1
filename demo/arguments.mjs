// The command line.

import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

export const HELP = `Resolves DIDs through did-resolver with keylatch as its cache, against a
registry on this machine.

Usage: node demo/main.mjs [--tier redis] [--json FILE]

  --tier redis  Two processes with a second tier in Redis instead; it starts a
                redis-server of its own, kills one of the processes, and then
                the server
  --json FILE   Writes what it prints as JSON too
  -h, --help    Prints this

It measures five things: a busy stream of resolutions with and without the
cache, many callers of one DID at once, entries that expire, schemas in
namespaces and with tags, and loads from a registry that has nothing new or
fails. It takes less than half a minute. What keylatch promises is checked on
the way.

Ends with 0 if all went well, with 1 if a promise doesn't hold or something
else went wrong, and with 2 if the command line is wrong.
`;

/** Something is wrong with the command line. */
export class UsageError extends Error {}

/**
 * Reads the command line.
 *
 * @param {string[]} words
 * @returns {{ help: boolean, json: string | undefined, tier: 'redis' | undefined }}
 * @throws {UsageError}
 */
export function readArguments(words) {
  const { help, json, tier } = parse(words);
  if (tier !== undefined && tier !== 'redis') throw new UsageError(`--tier: expected redis, got ${tier}`);
  if (json === '') throw new UsageError('--json: expected the name of a file, got nothing');
  if (json !== undefined && !help) assertWritable(json);
  return { help, json, tier };
}

function parse(words) {
  const options = {
    help: { type: 'boolean', short: 'h', default: false },
    json: { type: 'string' },
    tier: { type: 'string' },
  };
  try {
    return parseArgs({ args: words, options }).values;
  } catch ({ message }) {
    // Node adds hints after the first sentence that are about other command lines than this one.
    throw new UsageError(message.split(/\. |\n/)[0].replace(/\.$/, ''));
  }
}

/** Finds out now, and not when all is measured. Leaves everything as it is. */
function assertWritable(file) {
  const existed = existsSync(file);
  try {
    closeSync(openSync(file, 'a'));
    if (!existed) rmSync(file);
  } catch ({ message }) {
    throw new UsageError(`--json: can't write ${file}: ${message}`);
  }
}
