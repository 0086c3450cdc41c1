// Where the code of a mutation stands: in a function, or in a member of a class, whatever file that is in and however the
// code is laid out.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-5.9';

/** Every function, constant and member of a class in a folder of TypeScript: `watch`, `Ticket.promote`. */
export function declarations(folder) {
  const found = [];
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    const note = (name, node) => found.push({ name, file, text, start: node.getStart(source), end: node.end });
    for (const statement of source.statements) {
      if (ts.isFunctionDeclaration(statement)) note(statement.name.text, statement);
      else if (ts.isVariableStatement(statement)) {
        for (const { name } of statement.declarationList.declarations) note(name.getText(source), statement);
      } else if (ts.isClassDeclaration(statement)) {
        for (const member of statement.members) {
          note(`${statement.name.text}.${member.name?.getText(source) ?? 'constructor'}`, member);
        }
      }
    }
  }
  return found;
}

/** The one place of a mutation's code: its file, that file's text, and where it begins and ends there. */
export function locate(all, { name, in: owner, find }) {
  const owners = all.filter((each) => each.name === owner);
  if (owners.length === 0) throw new Error(`${name}: there is no ${owner}`);
  const sought = squeeze(find).text;
  const places = owners.flatMap(({ file, text, start, end }) => {
    const { text: squeezed, origins } = squeeze(text.slice(start, end));
    const places = [];
    for (let at = -1; (at = squeezed.indexOf(sought, at + 1)) >= 0;) {
      places.push({ file, text, start: start + origins[at], end: start + origins[at + sought.length - 1] + 1 });
    }
    return places;
  });
  if (places.length !== 1) throw new Error(`${name}: its code occurs ${places.length} times in ${owner}`);
  return places[0];
}

/** Code without white space and trailing commas, and where each of its characters was. */
function squeeze(code) {
  let text = '';
  const origins = [];
  for (const { 0: part, index } of code.matchAll(/\S/g)) {
    if (/[)\]}]/.test(part) && text.endsWith(',')) {
      text = text.slice(0, -1);
      origins.pop();
    }
    text += part;
    origins.push(index);
  }
  return { text, origins };
}
