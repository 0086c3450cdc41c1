/** The bytes of the WebAssembly module, a character each. The build puts them in. */
export const bytes: string;
/** What was added to each byte. */
export const turned: number;
