// The WebAssembly module as JavaScript, for engines without WebAssembly and pages that forbid it: Binaryen's wasm2js, with
// what it leaves open.

import binaryen from 'binaryen';
import { data } from './module.mjs';

/**
 * How Rust's `as` makes numbers of floats, for each of WebAssembly's conversions that saturate: wasm2js would take them for
 * those that don't. What is not a number becomes 0.
 */
const CONVERSIONS = {
  'i32.trunc_sat_f64_s': saturating('i32', 's', '-2147483648', '2147483648', '0x80000000', '0x7fffffff'),
  'i32.trunc_sat_f64_u': saturating('i32', 'u', '0', '4294967296', '0', '0xffffffff'),
  'i64.trunc_sat_f64_s': saturating(
    'i64',
    's',
    '-9223372036854775808',
    '9223372036854775808',
    '0x8000000000000000',
    '0x7fffffffffffffff',
  ),
  'i64.trunc_sat_f64_u': saturating('i64', 'u', '0', '18446744073709551616', '0', '0xffffffffffffffff'),
};

/**
 * What the code calls besides its own functions. A memory that grows moves to a larger buffer. Nothing can detach the old
 * one everywhere, so it is filled with zeros: a view on it reads no mark, and looks whether its buffer is still the memory's.
 * Addresses have a sign, so the memory ends at 2 GB.
 */
const RUNTIME = `
const scratch = new DataView(new ArrayBuffer(8));
const wasm2js_scratch_load_i32 = (index) => scratch.getInt32(index * 4, true);
const wasm2js_scratch_store_i32 = (index, value) => scratch.setInt32(index * 4, value, true);
const wasm2js_scratch_load_f64 = () => scratch.getFloat64(0, true);
const wasm2js_scratch_store_f64 = (value) => scratch.setFloat64(0, value, true);
const wasm2js_trap = () => { throw new Error('unreachable'); };
const wasm2js_memory_fill = (at, value, size) => bufferView.fill(value, at, at + size);
const wasm2js_memory_copy = (at, from, size) => bufferView.copyWithin(at, from, from + size);
let bufferView;
`;

const GROW = `function __wasm_memory_grow(pages) {
  const old = buffer.byteLength / 65536;
  if (pages === 0) return old;
  if (pages < 0 || old + pages > 32767) return -1;
  let larger;
  try {
    larger = new ArrayBuffer((old + pages) * 65536);
  } catch {
    return -1;
  }
  new Uint8Array(larger).set(HEAPU8);
  HEAPU8.fill(0);
  VIEWS
  return old;
 }`;

/**
 * A module as the source of a script.
 *
 * @returns What `pkg-template/src/wasm/code.d.ts` declares.
 */
export function toScript(bytes) {
  const code = take(emit(bytes), /^function asmFunc\(imports\) \{\n([^]*)^\}\n\nvar retasmFunc/m, 'the functions');
  const views = [...code.matchAll(/^ var (HEAP\w+ = new \w+)\(buffer\);$/gm)].map(([, view]) => `${view}(larger);`);
  const grow = GROW.replace('VIEWS', ['buffer = larger;', ...views, 'bufferView = HEAPU8;'].join('\n  '));
  let script = code;
  const replace = (pattern, text) => (
    take(script, pattern, `${pattern}`),
    (script = script.replace(pattern, () => text))
  );
  replace(/^ bufferView = HEAPU8;\n initActiveSegments\(imports\);$/m, ` bufferView = HEAPU8;\n ${segments(bytes)}`);
  replace(/^ function __wasm_memory_grow\([^]*?^ \}/m, ` ${grow}`);
  replace(/^ {2}"memory": Object\.create\([^]*?\}\), $/m, '  "memory": { get buffer() { return buffer; } },');
  const defined = new Set(RUNTIME.match(/\bwasm2js_\w+/g));
  for (const [, name] of script.matchAll(/\b(wasm2js_\w+)\(/g)) {
    if (!defined.has(name)) throw new Error(`nothing defines ${name}`);
  }
  return `${RUNTIME}export function instantiate(imports) {\n${script}}\n`;
}

/** What wasm2js makes of a module. */
function emit(bytes) {
  const { NontrappingFPToInt, BulkMemory, BulkMemoryOpt, MutableGlobals, SignExt } = binaryen.Features;
  const features = NontrappingFPToInt | BulkMemory | BulkMemoryOpt | MutableGlobals | SignExt;
  const saturated = binaryen.readBinary(bytes);
  saturated.setFeatures(features);
  const text = saturated.emitText();
  const used = Object.keys(CONVERSIONS).filter((name) => text.includes(`(${name}`));
  const called = used.reduce((text, name) => text.replaceAll(`(${name}`, `(call $${name}`), text);
  const functions = used.map((name) => `(func $${name} ${CONVERSIONS[name]})\n`).join('');
  if (/trunc_sat/.test(called.replace(/\(call \$\S+/g, ''))) throw new Error('a conversion is missing');
  const module = binaryen.parseText(called.replace(/\)\s*$/, `\n${functions})`));
  module.setFeatures(features);
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(1);
  module.optimize();
  return module.emitAsmjs();
}

/** A function of WebAssembly, in its text format, that converts a float within bounds, and takes what is beyond for them. */
function saturating(type, sign, from, to, least, most) {
  return `(param f64) (result ${type})
    (if (result ${type}) (f64.ge (local.get 0) (f64.const ${to})) (then (${type}.const ${most})) (else
      (if (result ${type}) (f64.gt (local.get 0) (f64.const ${from})) (then (${type}.trunc_f64_${sign} (local.get 0))) (else
        (if (result ${type}) (f64.eq (local.get 0) (local.get 0)) (then (${type}.const ${least})) (else (${type}.const 0)))
      ))
    ))`;
}

/** What a module puts into its memory, as a statement. */
function segments(bytes) {
  const lists = [...data(bytes)].map(({ address, content }) => `[${[address, ...content].join()}]`);
  return `for (const [at, ...bytes] of [${lists.join()}]) HEAPU8.set(bytes, at);`;
}

/** The part of a text that a pattern finds: its first group, if it has one. */
function take(text, pattern, what) {
  const [all, part = all] = pattern.exec(text) ?? [];
  if (all === undefined) throw new Error(`wasm2js wrote something else than expected: ${what} is missing`);
  return part;
}
