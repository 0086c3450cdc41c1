// Traces: real request streams, as files NAME.u32.gz with a little-endian u32 for each request, the number of its key.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Not what is called NAME.size: such a file has the sizes of the objects in another one. */
const TRACE = /^(?<stream>.+)(?<!\.size)\.u32\.gz$/;

/**
 * The traces in a folder, by name.
 *
 * @throws It has none.
 */
export function listTraces(folder) {
  const matches = readdirSync(folder)
    .sort()
    .map((name) => TRACE.exec(name));
  const traces = matches.filter((match) => match !== null);
  if (traces.length === 0) throw new Error(`no file NAME.u32.gz in ${folder}`);
  return traces.map(({ 0: name, groups: { stream } }) => ({ stream, file: join(folder, name) }));
}

/**
 * The requests of a trace.
 *
 * @param cut A trace with more requests than `over` ends after the first `first`.
 * @returns The requests, and whether it has more.
 */
export function readTrace(file, cut) {
  const bytes = gunzipSync(readFileSync(file));
  const count = bytes.length / 4;
  if (count === 0 || !Number.isInteger(count)) throw new Error(`${file} is no list of u32`);
  const isCut = cut !== undefined && count > cut.over;
  const requests = new Uint32Array(isCut ? cut.first : count);
  // Number by number, so that it is right on a big-endian machine too.
  for (let index = 0; index < requests.length; index += 1) requests[index] = bytes.readUInt32LE(4 * index);
  return { requests, isCut };
}
