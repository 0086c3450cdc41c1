// What binaryen can't do to a WebAssembly module, on its bytes.

const IMPORTS = 2;
const DATA = 11;

/**
 * Gives the imports of a module other names, and leaves the rest as it is.
 *
 * @param rename Takes `{ module, name }` of a function, and returns the same with new names.
 */
export function relink(bytes, rename) {
  const parts = [bytes.subarray(0, 8)];
  for (const { id, start, content } of sections(bytes)) {
    if (id !== IMPORTS) parts.push(bytes.subarray(start, content.byteOffset - bytes.byteOffset + content.length));
    else {
      const written = relinked(content, rename);
      parts.push(Buffer.from([id]), writeNumber(written.length), written);
    }
  }
  return Buffer.concat(parts);
}

/** What a module puts into its memory: the addresses, and views on the bytes, through which they can be changed. */
export function* data(bytes) {
  for (const { id, content } of sections(bytes)) {
    if (id !== DATA) continue;
    const count = readNumber(content, 0);
    let at = count.end;
    for (let index = 0; index < count.value; index += 1) {
      // In the default memory, at a constant: 0, i32.const ADDRESS, end.
      const address = readNumber(content, at + 2);
      if (content[at] !== 0 || content[at + 1] !== 0x41 || content[address.end] !== 0x0b)
        throw new Error('the module has data of an unknown kind');
      const length = readNumber(content, address.end + 1);
      at = length.end + length.value;
      yield { address: address.value, content: content.subarray(length.end, at) };
    }
  }
}

function* sections(bytes) {
  for (let start = 8; start < bytes.length;) {
    const size = readNumber(bytes, start + 1);
    const end = size.end + size.value;
    yield { id: bytes[start], start, content: bytes.subarray(size.end, end) };
    start = end;
  }
}

function relinked(content, rename) {
  const count = readNumber(content, 0);
  const parts = [content.subarray(0, count.end)];
  let at = count.end;
  for (let index = 0; index < count.value; index += 1) {
    const module = readText(content, at);
    const name = readText(content, module.end);
    if (content[name.end] !== 0) throw new Error(`the import ${name.text} is no function`);
    const { end } = readNumber(content, name.end + 1);
    const renamed = rename({ module: module.text, name: name.text });
    parts.push(writeText(renamed.module), writeText(renamed.name), content.subarray(name.end, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** A number as WebAssembly writes it: seven bits a byte, the lowest first. */
function readNumber(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7, at += 1) {
    value += (bytes[at] & 127) * 2 ** shift;
    if (bytes[at] < 128) return { value, end: at + 1 };
  }
}

function writeNumber(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

function readText(bytes, at) {
  const length = readNumber(bytes, at);
  const end = length.end + length.value;
  return { text: Buffer.from(bytes.subarray(length.end, end)).toString(), end };
}

function writeText(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([writeNumber(bytes.length), bytes]);
}
