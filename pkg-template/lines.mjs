// The lines of the published scripts: short, since runtimes print the one that has thrown, and broken only where the
// meaning can't change. The bundler's own limit breaks strings, and whatever indents the script later puts blanks into them.

import { decode, encode } from '@jridgewell/sourcemap-codec';
import { parseAst } from 'vite';

/** Characters in a line, unless a single token has more. */
const LIMIT = 200;

/** What ends with a semicolon that the end of a line can stand for. */
const ENDING =
  /^(Expression|Return|Throw|Break|Continue)Statement$|^(Variable|Import)Declaration$|^PropertyDefinition$/;

/** Breaks a minified script into lines, and its source map with it. */
export function breakLines(minified, map) {
  const script = separateSupers(minified);
  const nodes = [...walk(parseAst(script))];
  const characters = script.split('');
  // A line's end in place of a semicolon costs nothing.
  for (const { type, end } of nodes) {
    const [semicolon, next = ''] = [script[end - 1], script[end]];
    if (ENDING.test(type) && semicolon === ';' && !/[-([`+/*}]/.test(next)) characters[end - 1] = '\n';
  }
  const starts = findStarts(characters, places(nodes));
  const lines = starts.map((start, line) =>
    characters
      .slice(start, starts[line + 1])
      .join('')
      .replace(/\n$/, ''),
  );
  const code = lines.join('\n');
  if (shape(code) !== shape(script)) throw new Error('the script means something else in lines');
  return { code, map: { ...map, mappings: encode(move(decode(map.mappings), script, starts)) } };
}

/** The order in which the minifier writes it, `super(…), …`, is hidden from TypeScript when it compiles for older targets. */
function separateSupers(script) {
  const characters = script.split('');
  for (const { type, expression } of walk(parseAst(script))) {
    const first = type === 'ExpressionStatement' && expression.expressions?.[0];
    if (first && first.callee?.type === 'Super') characters[first.end] = ';';
  }
  return characters.join('');
}

/** Where a line may begin: behind a comma, a semicolon or a brace that belongs to no literal. */
function places(nodes) {
  const found = nodes.flatMap((node) => {
    const { body, consequent, expressions, elements, params, declarations, properties } = node;
    const lists = [expressions, elements, node.arguments, params, declarations, properties].filter(Array.isArray);
    const behindCommas = node.type === 'TemplateLiteral' ? [] : lists.flatMap((list) => list.slice(1));
    return [...behindCommas, ...[body, consequent].filter(Array.isArray).flat()].filter(Boolean);
  });
  return [...new Set(found.map(({ start }) => start))].sort((a, b) => a - b);
}

/** Where each line begins: at the last place that keeps the one before within the limit. */
function findStarts(characters, places) {
  const ends = characters.flatMap((character, at) => (character === '\n' ? [at + 1] : []));
  const starts = [0];
  let next = 0;
  for (const end of [...ends, characters.length]) {
    for (let last; places[next] < end; next += 1) {
      const [start, behind] = [starts.at(-1), Math.min(places[next + 1] ?? end, end)];
      last = places[next];
      if (behind - start > LIMIT && last > start) starts.push(last);
    }
    if (end < characters.length) starts.push(end);
  }
  return starts;
}

/** Moves the mappings of a source map to the lines that begin there. */
function move(mappings, script, starts) {
  const before = [0, ...[...script.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const moved = starts.map(() => []);
  let line = 0;
  for (const [index, segments] of mappings.entries()) {
    for (const [column, ...source] of segments) {
      const at = before[index] + column;
      while (at >= starts[line + 1]) line += 1;
      moved[line].push([at - starts[line], ...source]);
    }
  }
  return moved;
}

/** What a parser sees, but for where it is. */
function shape(script) {
  return JSON.stringify(parseAst(script), (key, value) => (key === 'start' || key === 'end' ? undefined : value));
}

function* walk(node) {
  if (Array.isArray(node)) for (const each of node) yield* walk(each);
  else if (typeof node?.type === 'string') {
    yield node;
    for (const key in node) if (typeof node[key] === 'object') yield* walk(node[key]);
  }
}
