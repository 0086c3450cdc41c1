// esbuild ends long lines within strings, too, by a backslash. A tool that indents the next line changes such a string.

import * as esbuild from 'esbuild';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Moves each end of a line that is within a string behind it, in a script and in the `mappings` of its source map. */
export async function mendLines(code, mappings) {
  const meaning = await canonical(code);
  const lines = code.split('\n');
  const mapped = mappings.split(';');
  for (let index = 0; index < lines.length; index += 1) {
    while (lines[index].endsWith('\\')) {
      const end = await endOfString(lines, index, meaning);
      lines.splice(index, 2, ...joined(lines, index, end));
      mapped[index + 1] = moveBack(mapped[index + 1], end);
    }
  }
  return { code: lines.join('\n'), mappings: mapped.join(';') };
}

/** Where a string ends in the next line. That isn't plain to see, but what comes of a wrong guess isn't the same script. */
async function endOfString(lines, index, meaning) {
  for (const { index: quote } of lines[index + 1].matchAll(/["'`]/g)) {
    const tried = lines.toSpliced(index, 2, ...joined(lines, index, quote + 1));
    if ((await canonical(tried.join('\n'))) === meaning) return quote + 1;
  }
  throw new Error(`a string doesn't end in the line after ${lines[index].slice(-40)}`);
}

/** A line with the beginning of the next one, and the rest of that. */
const joined = (lines, index, end) => [
  lines[index].slice(0, -1) + lines[index + 1].slice(0, end),
  lines[index + 1].slice(end),
];

/** The script as esbuild writes it: the same for scripts that mean the same, but for spaces and the ends of lines. */
async function canonical(code) {
  const result = await esbuild.transform(code, { minifyWhitespace: true, logLevel: 'silent' }).catch(() => undefined);
  return result?.code;
}

/** The mappings of a line, for so many characters less at its beginning: the first of them counts from there. */
function moveBack(mappings, by) {
  if (mappings === '') return '';
  const { value, length } = readNumber(mappings);
  return writeNumber(value - by) + mappings.slice(length);
}

/** A number as source maps write it: five bits a character, the lowest first, and of those the first is the sign. */
function readNumber(text) {
  let bits = 0;
  let length = 0;
  let digit;
  do {
    digit = DIGITS.indexOf(text[length]);
    bits += (digit & 31) << (5 * length++);
  } while (digit & 32);
  return { value: bits & 1 ? -(bits >> 1) : bits >> 1, length };
}

function writeNumber(value) {
  let bits = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  for (; bits > 31; bits >>= 5) text += DIGITS[(bits & 31) | 32];
  return text + DIGITS[bits];
}
