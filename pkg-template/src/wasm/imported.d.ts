/** The WebAssembly module, as the platform's import gives it. The build puts the import in. */
declare const module: WebAssembly.Module;
export default module;
