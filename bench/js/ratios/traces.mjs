// Traces: real request streams, as files NAME.u32.gz with a little-endian u32 for each request, the number of its key;
// and where its objects differ in size, NAME.size.u32.gz with the bytes of the object for each request.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const TRACE = /^(?<stream>.+)(?<!\.size)\.u32\.gz$/;

/** The traces in a folder, by name, each with the file of its sizes if there is one. Throws where there is none. */
export function listTraces(folder) {
  const names = readdirSync(folder).sort();
  const streams = names.flatMap((name) => TRACE.exec(name)?.groups.stream ?? []);
  if (streams.length === 0) throw new Error(`no file NAME.u32.gz in ${folder}`);
  return streams.map((stream) => {
    const sizes = `${stream}.size.u32.gz`;
    const sizeFile = names.includes(sizes) ? join(folder, sizes) : undefined;
    return { stream, file: join(folder, `${stream}.u32.gz`), sizeFile };
  });
}

/** The requests of a trace, or their sizes. With a `cut`, one with more than `over` ends after the first `first`. */
export function readTrace(file, cut) {
  const bytes = gunzipSync(readFileSync(file));
  const count = bytes.length / 4;
  if (count === 0 || !Number.isInteger(count)) throw new Error(`${file} is no list of u32`);
  const isCut = cut !== undefined && count > cut.over;
  // Number by number, so that it is right on a big-endian machine too.
  const readAt = (_, index) => bytes.readUInt32LE(4 * index);
  return { requests: Uint32Array.from({ length: isCut ? cut.first : count }, readAt), isCut };
}
