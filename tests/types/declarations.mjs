// What the declarations have to be, whoever reads them.

import assert from 'node:assert';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const ts = require('@typescript/typescript6');
const pkg = fileURLToPath(new URL('../../pkg', import.meta.url));

const ENTRIES = ['index', 'portable', 'slim', 'tier', 'redis', 'idb', 'sealed', 'durable', 'kv', 'tier-suite'];
const ADAPTERS = ['keyv', 'undici', 'did', 'unstorage', 'otel', 'next'];
const files = ENTRIES.map((name) => join(pkg, `${name}.d.cts`));
const program = ts.createProgram(files, {
  strict: true,
  exactOptionalPropertyTypes: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
});
const checker = program.getTypeChecker();

export const DECLARATIONS = {
  'there is one file for each entry, and one that leads to it'() {
    const declared = readdirSync(pkg, { recursive: true }).filter((file) => /\.d\.[cm]?ts$/.test(file));
    const wanted = [...ENTRIES, ...ADAPTERS].flatMap((name) => [`${name}.d.cts`, `${name}.d.ts`]);
    // What is imported as a module of another kind has its declaration beside it.
    assert.deepStrictEqual(declared.filter((file) => !file.includes('.wasm.')).sort(), wanted.sort());
  },

  'what they export as a value is there when the program runs'() {
    // Only workerd has what the object extends.
    for (const name of ENTRIES.filter((name) => name !== 'durable')) {
      // An entry's own `init` hides the one that it has from another.
      const exported = [...new Set(values(`${name}.d.cts`))].sort();
      assert.deepStrictEqual(exported, Object.keys(require(join(pkg, `${name}.cjs`))).sort(), name);
    }
  },

  'every property that may be missing may be undefined'() {
    const found = [];
    let count = 0;
    for (const file of files) visit(program.getSourceFile(file), [], found, () => (count += 1));
    assert.ok(count > 50, `${count} properties that may be missing`);
    assert.deepStrictEqual(found, []);
  },

  'they have no any'() {
    for (const file of files) {
      const source = program.getSourceFile(file);
      const walk = (node) => {
        const at = ts.getLineAndCharacterOfPosition(source, node.pos).line + 1;
        assert.ok(node.kind !== ts.SyntaxKind.AnyKeyword, `${file}:${at}`);
        ts.forEachChild(node, walk);
      };
      walk(source);
    }
  },

  'what they declare is exported'() {
    // Where a program's own declarations need a type, a compiler can write out an alias, but has to name anything else.
    for (const file of files) {
      const { statements } = program.getSourceFile(file);
      const exported = statements.flatMap((statement) => statement.exportClause?.elements ?? []).map(nameOf);
      // The compiler writes out what a class extends, under a name of its own.
      const named = statements
        .flatMap((each) => each.declarationList?.declarations ?? each)
        .filter(({ name }) => name && !nameOf({ name }).endsWith('_base'));
      const declared = named.filter((each) => !ts.isTypeAliasDeclaration(each) && !ts.isModuleDeclaration(each));
      assert.deepStrictEqual(
        declared.map(nameOf).filter((name) => !exported.includes(name)),
        [],
        file,
      );
      // Or it is an entry that adds nothing to another.
      assert.ok(exported.length > 2 || statements.length === 1, file);
    }
  },
};

const nameOf = ({ name }) => name.text;

/** The names that a file of declarations exports as values. */
function* values(file) {
  for (const statement of program.getSourceFile(join(pkg, file)).statements) {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) continue;
    if (statement.exportClause === undefined) {
      yield* values(statement.moduleSpecifier.text.replace(/^\.\/|\.cjs$/g, '').concat('.d.cts'));
    } else {
      for (const { name, isTypeOnly } of statement.exportClause.elements) if (!isTypeOnly) yield name.text;
    }
  }
}

/** Collects the properties and the members of tuples that may be missing, but refuse `undefined`. */
function visit(node, path, found, count) {
  const name = node.name !== undefined && ts.isIdentifier(node.name) ? [node.name.text] : [];
  const isOptional = node.questionToken !== undefined && !ts.isParameter(node) && !ts.isMethodSignature(node);
  if (isOptional && node.type !== undefined) {
    count();
    const type = checker.getTypeFromTypeNode(node.type);
    const parts = type.isUnion() ? type.types : [type];
    const takes = ts.TypeFlags.Undefined | ts.TypeFlags.Unknown | ts.TypeFlags.Any;
    if (!parts.some(({ flags }) => (flags & takes) !== 0)) found.push([...path, ...name].join('.'));
  }
  ts.forEachChild(node, (child) => visit(child, [...path, ...name], found, count));
}
