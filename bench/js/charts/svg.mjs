// Pieces of an SVG file. It has a background of its own: a page that shows it may be light or dark.

export const INK = '#1f2328';
export const FAINT = '#59636e';
const GRID = '#d8dee4';
const PAPER = '#ffffff';
const FONT = 'system-ui, -apple-system, "Segoe UI", "Liberation Sans", Arial, sans-serif';

/** The sizes of letters, in pixels. */
export const LETTERS = { title: 16, label: 12, small: 11 };

const escaped = (text) =>
  String(text).replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);

/** A number with two digits at the most behind the point: enough for a pixel. */
const short = (value) => (typeof value === 'number' ? String(Math.round(value * 100) / 100) : value);

/** An element. What is undefined among its attributes is left out. */
export function element(name, attributes, content = '') {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(short(value))}"`);
  return content === '' ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${content}</${name}>`;
}

/**
 * A line of text. `anchor` says which part of it is at `x`: start, middle or end. With a halo, lines end before they reach
 * it.
 */
export function text(x, y, words, { size = LETTERS.label, anchor, fill = INK, bold, turned, halo } = {}) {
  const attributes = {
    x,
    y,
    'font-size': size,
    'text-anchor': anchor,
    fill,
    'font-weight': bold ? 600 : undefined,
    ...(halo && { stroke: PAPER, 'stroke-width': 4, 'paint-order': 'stroke' }),
    transform: turned ? `rotate(-90 ${short(x)} ${short(y)})` : undefined,
  };
  return element('text', attributes, escaped(words));
}

/** About how wide a text is; rather too much than too little. */
export const widthOf = (words, size = LETTERS.label) => String(words).length * size * 0.6;

/** A straight line. */
export function rule(x1, y1, x2, y2, stroke = GRID) {
  return element('line', { x1, y1, x2, y2, stroke });
}

/** The whole picture, with its title, what stands below that, and a note at its foot. */
export function picture({ width, height, title, about, note }, parts) {
  const frame = { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 6, fill: PAPER, stroke: GRID };
  const all = [
    element('title', {}, escaped(title)),
    element('rect', frame),
    text(20, 29, title, { size: LETTERS.title, bold: true }),
    text(20, 49, about, { fill: FAINT }),
    ...parts,
    text(20, height - 14, note, { size: LETTERS.small, fill: FAINT }),
  ];
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'font-family': FONT,
  };
  return `${element('svg', root, `\n${all.join('\n')}\n`)}\n`;
}
