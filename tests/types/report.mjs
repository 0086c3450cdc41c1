// The public declarations without their comments: node tests/types/report.mjs [--write]
//
// api-report.d.ts has them as they were reviewed last. A change of what programs can call shows there as a difference;
// --write accepts it.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-5.9';

const declarations = fileURLToPath(new URL('../../pkg/index.d.cts', import.meta.url));
const file = new URL('api-report.d.ts', import.meta.url);

/** The report on what was built. */
export function report() {
  return ts.createPrinter({ removeComments: true }).printFile(parse());
}

/** The report that was accepted last. */
export const accepted = () => readFileSync(file, 'utf8');

/** The public classes: each with the names of its own members and of those that it inherits. */
export function membersByClass() {
  const classes = new Map(
    parse()
      .statements.filter(ts.isClassDeclaration)
      .map((node) => [node.name.text, node]),
  );
  const membersOf = (node) => {
    const parent = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
    const own = node.members.flatMap(({ name }) => (name !== undefined && ts.isIdentifier(name) ? [name.text] : []));
    const inherited = classes.get(parent?.expression.text);
    return [...new Set([...own, ...(inherited === undefined ? [] : membersOf(inherited))])];
  };
  return new Map([...classes].map(([name, node]) => [name, membersOf(node)]));
}

/** The codes of errors. */
export function errorCodes() {
  const isCode = (node) => ts.isTypeAliasDeclaration(node) && node.name.text === 'CacheErrorCode';
  return parse()
    .statements.find(isCode)
    .type.types.map(({ literal }) => literal.text);
}

function parse() {
  return ts.createSourceFile('index.d.ts', readFileSync(declarations, 'utf8'), ts.ScriptTarget.Latest, true);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--write')) writeFileSync(file, report());
  else console.log(report());
}
