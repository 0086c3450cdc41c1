/** The WebAssembly module, in characters that no tool touches. The build puts it in; see `pkg-template/encode.mjs`. */
export function text(): string;
/** What was added to each byte. */
export const offset: number;
/** How many bytes there are. */
export const size: number;
/** The checksum of the bytes. */
export const checksum: number;
