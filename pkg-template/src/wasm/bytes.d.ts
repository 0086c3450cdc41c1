/** The bytes of the WebAssembly module, a character each. The build puts them in. */
declare const bytes: string;
export default bytes;
