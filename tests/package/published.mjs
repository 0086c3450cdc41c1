// What npm shows and checks of the packed package: node tests/package/published.mjs
//
// No link is dead, and the checkers of packages have nothing to say.

import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { tables } from '../matrix/tables.mjs';
import { runTests } from '../results.mjs';
import { accepted, errorCodes, membersByClass, report } from '../types/report.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pkg = join(root, 'pkg');
const manifest = JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8'));

const tests = {
  'the manifest says where the package comes from'() {
    const { repository, homepage, bugs } = manifest;
    assert.equal(repository.type, 'git');
    assert.match(repository.url, /^git\+https:\/\/.*\.git$/);
    const page = repository.url.slice('git+'.length, -'.git'.length);
    assert.equal(homepage, `${page}#readme`);
    assert.equal(bugs.url, `${page}/issues`);
    const crate = readFileSync(join(root, 'Cargo.toml'), 'utf8');
    assert.equal(/^repository = "(.*)"$/m.exec(crate)?.[1], page);
    // Nowhere else: where it moves, the rest follows.
    const others = ['README.md', 'CHANGELOG.md', 'ARCHITECTURE.md', 'docs/errors.md'];
    for (const file of others) assert.ok(!readFileSync(join(root, file), 'utf8').includes(page), file);
  },

  'no link of the README, the changelog and the types is dead'() {
    const page = manifest.repository.url.slice('git+'.length, -'.git'.length);
    const texts = readdirSync(pkg).filter((file) => /\.(md|d\.c?ts)$/.test(file));
    let count = 0;
    for (const file of texts) {
      const text = readFileSync(join(pkg, file), 'utf8');
      const isPage = file.endsWith('.md');
      const targets = [
        ...(isPage ? text.matchAll(/\]\(([^)]+)\)/g) : []),
        ...text.matchAll(/(https?:\/\/[^\s)`'"]+)/g),
        // A page that is named, and not linked.
        ...(isPage ? [] : text.matchAll(/`([\w./-]+\.md)`/g)),
      ];
      for (const [, target] of targets) {
        count += 1;
        const [, kind, path] = target.match(`^${page}/(blob|raw)/HEAD/([^#]+)`) ?? [];
        const isThere = path === undefined ? isThereInPackage(target, text) : existsSync(join(root, path));
        assert.ok(isThere, `${file}: ${target}`);
        // A page of the repository shows text; a picture has to come as it is.
        if (kind !== undefined) assert.equal(kind === 'raw', path.endsWith('.svg'), `${file}: ${target}`);
      }
    }
    assert.ok(count > 10, `${count} links`);
  },

  'no link within the repository is dead'() {
    const docs = readdirSync(join(root, 'docs'), { recursive: true }).map((file) => join('docs', file));
    for (const page of [...readdirSync(root), ...docs].filter((file) => file.endsWith('.md'))) {
      const links = readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!\w+:|#)([^)#]+)/g);
      for (const [, target] of links) assert.ok(existsSync(join(root, dirname(page), target)), `${page}: ${target}`);
    }
  },

  'what programs can call is what was reviewed: after a look, node tests/types/report.mjs --write'() {
    assert.equal(report(), accepted());
  },

  'the reference has every member of every class, and no other'() {
    const sections = readFileSync(join(root, 'docs/api.md'), 'utf8').split(/^## /m);
    for (const [name, members] of membersByClass()) {
      const section = sections.find((text) => text.startsWith(`\`${name}\``));
      if (section === undefined) continue; // An abstract class in the middle: its members are those of its subclasses.
      const [table = ''] = section.split('\n\n').filter((block) => block.startsWith('| member'));
      const rows = [...table.matchAll(/^\| `(\w+)/gm)].map(([, member]) => member);
      const inherited = /(?:Extends|the members of) \[?`(\w+)`/.exec(section)?.[1];
      const elsewhere = membersByClass().get(inherited) ?? [];
      for (const row of rows) assert.ok([...members, 'message'].includes(row), `docs/api.md: ${name} has no ${row}`);
      for (const member of members) {
        assert.ok(rows.includes(member) || elsewhere.includes(member), `docs/api.md: ${name} lacks ${member}`);
      }
    }
  },

  'the page on errors has every code, and no other'() {
    const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
    assert.deepEqual(rows.sort(), errorCodes().sort());
  },

  'the tables of runtimes are those of the last matrix: node tests/matrix/tables.mjs writes them'() {
    for (const { name, text, wanted } of tables()) assert.equal(text, wanted, name);
  },

  async 'publint has nothing to say'() {
    const { messages } = await publint({ pkgDir: pkg, pack: false, strict: true });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, manifest, { color: false })),
      [],
    );
  },

  'are the types wrong? They are not'() {
    const folder = join(root, 'target/published');
    mkdirSync(folder, { recursive: true });
    const [{ filename }] = JSON.parse(run('npm', 'pack', './pkg', '--json', '--pack-destination', folder));
    // A module of WebAssembly is nothing that it knows; and who resolves as Node 10 did sees no entry but the first.
    const words = ['--exclude-entrypoints', 'cache.wasm', '--profile', 'node16', '--no-definitely-typed'];
    const program = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json');
    run('node', join(program, '../dist/index.js'), join(folder, filename), ...words, '--no-color', '--no-emoji');
  },
};

/** Whether a link leads to a file of the package, or to a heading of the page itself. */
function isThereInPackage(target, text) {
  if (/^\w+:/.test(target)) return false;
  if (!target.startsWith('#')) return existsSync(join(pkg, target));
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading.toLowerCase());
  return headings.some((heading) => `#${heading.replace(/[^\w -]/g, '').replaceAll(' ', '-')}` === target);
}

function run(program, ...words) {
  try {
    return execFileSync(program, words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch ({ stdout, stderr }) {
    throw new Error(`${stdout}\n${stderr}`);
  }
}

await runTests(tests);
