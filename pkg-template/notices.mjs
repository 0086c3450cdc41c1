// What of others is compiled into the package: their notices, as their licences ask, and a list in CycloneDX's format.

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TARGET = 'wasm32-unknown-unknown';

/** The crates that are linked into the module, by name: not what only runs while it is compiled. */
function linked(root) {
  const words = ['metadata', '--format-version=1', '--locked', '--features=package', `--filter-platform=${TARGET}`];
  const text = execFileSync('cargo', words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  const { packages, resolve } = JSON.parse(text);
  const about = new Map(packages.map((each) => [each.id, each]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const isMacro = ({ targets }) => targets.some(({ kind }) => kind.includes('proc-macro'));
  const found = new Map();
  const open = [packages.find(({ name, source }) => name === 'keylatch' && source === null).id];
  for (let id; (id = open.pop()) !== undefined;) {
    if (found.has(id) || isMacro(about.get(id))) continue;
    found.set(id, about.get(id));
    const needed = nodes.get(id).deps.filter(({ dep_kinds }) => dep_kinds.some(({ kind }) => kind === null));
    open.push(...needed.map(({ pkg }) => pkg));
  }
  const others = [...found.values()].filter(({ source }) => source !== null);
  return others.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The text of the licence under which a crate is used: MIT's where there is a choice. */
function licenceOf({ license, manifest_path, repository }) {
  const folder = dirname(manifest_path);
  const files = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
  const file = files.find((each) => /mit/i.test(each)) ?? files[0];
  if (file === undefined) return `Its package has no text of its licence, ${license}. It comes from ${repository}.`;
  return readFileSync(join(folder, file), 'utf8').trim();
}

/** The files about what is compiled in, by name. */
export function notices(root, version) {
  const crates = linked(root);
  const rustc = execFileSync('rustc', ['--version'], { cwd: root, encoding: 'utf8' }).split(' ')[1];
  const rust = { name: 'rust-std', version: rustc, license: 'MIT OR Apache-2.0' };
  const texts = new Map();
  for (const crate of crates) {
    const text = licenceOf(crate);
    texts.set(text, [...(texts.get(text) ?? []), `${crate.name} ${crate.version} (${crate.license})`]);
  }
  const parts = [...texts].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  const standard = `Rust's standard library ${rustc} (${rust.license}), copyright the Rust Project's contributors\n`;
  const head = 'cache.wasm, and the scripts that have it inside, are compiled from keylatch and from these:\n';
  const components = [rust, ...crates].map(({ name, version, license }) => ({
    type: 'library',
    name,
    version,
    licenses: [{ expression: license.replaceAll('/', ' OR ') }],
    ...(name !== rust.name && { 'bom-ref': `pkg:cargo/${name}@${version}`, purl: `pkg:cargo/${name}@${version}` }),
  }));
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'library',
        'bom-ref': `pkg:npm/keylatch@${version}`,
        name: 'keylatch',
        version,
        purl: `pkg:npm/keylatch@${version}`,
        licenses: [{ expression: 'MIT OR Apache-2.0' }],
      },
    },
    components,
  };
  const line = `\n${'-'.repeat(80)}\n\n`;
  return {
    'THIRD-PARTY-NOTICES.txt': [head, standard, ...parts].join(line),
    'sbom.cdx.json': `${JSON.stringify(bom, undefined, 2)}\n`,
  };
}
