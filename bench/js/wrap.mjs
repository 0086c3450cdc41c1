// Lines that fit a terminal.

/** The most characters of a line. */
const WIDTH = 138;

/** Breaks a line at its spaces where it is too long. What follows the first part begins with this indent. */
export function wrap(line, indent = '  ') {
  const lines = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const place = rest.lastIndexOf(' ', WIDTH);
    if (place <= indent.length) break;
    lines.push(rest.slice(0, place).trimEnd());
    rest = `${indent}${rest.slice(place + 1)}`;
  }
  return [...lines, rest].join('\n');
}
