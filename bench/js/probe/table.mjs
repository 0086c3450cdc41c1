// What is printed: the table, and what its words mean.

const RIGHT = '✓';
const WRONG = '✗';
const NEITHER = ' ';
/** A contender's name is broken into lines that are no longer than this. */
const NARROW = 10;

const markOf = (right) => (right === undefined ? NEITHER : right ? RIGHT : WRONG);

/** The table: a line for each row, a column for each contender. */
export function table(results, names) {
  const heads = names.map(broken);
  const cells = results.map(({ answers }) =>
    answers.map(({ word, right }) => (word === undefined ? '  -' : `${markOf(right)} ${word}`)),
  );
  const widths = names.map((_, column) =>
    Math.max(...heads[column].map(({ length }) => length + 2), ...cells.map((row) => row[column].length)),
  );
  const first = Math.max(...results.map(({ name }) => name.length));
  const line = (start, row) =>
    [start.padEnd(first), ...row.map((cell, at) => cell.padEnd(widths[at]))].join('  ').trimEnd();
  const height = Math.max(...heads.map(({ length }) => length));
  const above = Array.from({ length: height }, (_, at) =>
    line(
      '',
      heads.map((head) => `  ${head[at] ?? ''}`),
    ),
  );
  return [...above, '', ...results.map(({ name }, at) => line(name, cells[at]))].join('\n');
}

/** A name on as many lines as it needs. */
function broken(name) {
  const lines = [''];
  for (const part of name.split(/(?<=-)/)) {
    const last = lines.length - 1;
    if (lines[last].length + part.length > NARROW) lines.push(part);
    else lines[last] += part;
  }
  return lines;
}

/** What is right in each row, and why; what is the same for several is said once. */
export function legend(rows) {
  const about = rows.flatMap(({ name, right, why }, at) => {
    const isLast = rows[at + 1]?.why !== why;
    return isLast ? [name, `    ${right ? `${right.join(' or ')}: ` : ''}${why}.`] : [name];
  });
  return [
    `${RIGHT} right, ${WRONG} wrong, - it has nothing of the kind. What is right, and why:`,
    '',
    ...about,
    '',
    'In "loader never ends" a load may take 100 ms in those that have an option for it: the lease of keylatch, the signal',
    'of lru-cache, the hardTimeout of bentocache. Otherwise all have their defaults.',
  ].join('\n');
}

/** How many of the answers are right, for each contender. */
export function score(results, names) {
  const lines = names.map((name, column) => {
    const judged = results.map(({ answers }) => answers[column].right).filter((right) => right !== undefined);
    return `${name.padEnd(20)} ${judged.filter(Boolean).length} of ${judged.length} right`;
  });
  return lines.join('\n');
}
