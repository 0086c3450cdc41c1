/** What the WebAssembly module imports, by script and name. The build collects it. */
declare const imports: WebAssembly.Imports;
export default imports;
