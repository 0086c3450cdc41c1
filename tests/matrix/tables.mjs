// The tables of README.md and docs/runtimes.md, from results.json: node tests/matrix/tables.mjs

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CELLS } from './cells/index.mjs';
import { root } from './projects.mjs';

/** The rows of the README's table: where, how, where the WebAssembly comes from, and the cells that show it. */
const ROWS = [
  ['Node {}', '`import`, `require`', 'inlined', ['node-18', 'node-20', 'node-22', 'node-24', 'node-26']],
  ['Deno {}', '`import`', 'inlined', ['deno']],
  ['Bun {}', '`import`, `require`', 'inlined', ['bun']],
  [
    'Chromium {}, Firefox {}, WebKitGTK (the engine of Safari)',
    'pages, by a module or a classic script',
    'inlined',
    [
      'chromium-import-map',
      'firefox-import-map',
      'webkit-import-map',
      'chromium-page',
      'firefox-page',
      'chromium-classic-script',
      'firefox-classic-script',
      'chromium-trusted-types',
      'firefox-trusted-types',
      'webkit-page',
      'webkit-classic-script',
      'webkit-trusted-types',
    ],
    2,
  ],
  [
    'the same',
    'dedicated, shared and service workers (Firefox: dedicated and shared)',
    'inlined',
    [
      'chromium-worker',
      'chromium-shared-worker',
      'chromium-service-worker',
      'firefox-worker',
      'firefox-shared-worker',
      'webkit-worker',
      'webkit-shared-worker',
      'webkit-service-worker',
    ],
  ],
  [
    'workerd (Cloudflare Workers)',
    '`import`; wrangler, Cloudflare’s plugin for Vite',
    'imported as a module',
    ['workerd', 'wrangler', 'cloudflare-vite'],
  ],
  ['`@edge-runtime/vm` (Vercel’s edge)', '`import`', 'imported as a module', ['edge-light']],
  ['Vite {}', 'production, with a dependency in CommonJS', 'inlined', ['vite-6', 'vite-7', 'vite-8']],
  [
    'webpack {}, Rspack {}, Rollup {}, Rolldown {}, esbuild {}, Parcel {}, Bun’s bundler',
    'the same',
    'inlined',
    ['webpack', 'rspack', 'rollup', 'rolldown', 'esbuild', 'parcel', 'bun-build'],
  ],
  [
    'Next {}',
    'server and client components, routes, `cacheComponents`; Turbopack and webpack',
    'inlined; on the edge, as a module',
    ['next-15', 'next-16', 'next-16-webpack', 'next-16-components', 'next-16-components-webpack'],
    2,
  ],
  [
    'Nitro {}',
    'for Node, Bun, Deno and Cloudflare',
    'inlined; for Cloudflare, as a module',
    ['nitro-node', 'nitro-bun', 'nitro-deno', 'nitro-cloudflare'],
    1,
  ],
  ['jest {}, vitest {}', 'with jsdom', 'inlined', ['jest', 'vitest']],
  ['React Native (Hermes 0.12)', '`import`; the condition `react-native`', 'none: `keylatch/portable`', ['hermes']],
  [
    'pages with a strict Content-Security-Policy, Chromium, Firefox and WebKitGTK',
    '`keylatch/portable`',
    'none',
    ['chromium-portable', 'firefox-portable', 'webkit-portable'],
  ],
  ['Chromium’s extensions, service worker of Manifest V3', '`keylatch/portable`', 'none', ['chromium-extension']],
  ['Node with `--jitless`', '`keylatch/portable`', 'none', ['node-jitless']],
];

const row = (cells) => `| ${cells.join(' | ')} |`;

/** Versions as readers name them: the major one, and the minor one where there is no major. */
const short = (version) => version.replace(/^(0\.\d+|\d+).*$/, '$1');

function forReaders(results) {
  const lines = ROWS.map(([where, how, wasm, names, versions = names.length]) => {
    const cells = names.map((name) => results.get(name));
    const missing = names.filter((name, index) => cells[index] === undefined);
    const failing = names.filter((name, index) => cells[index]?.failed > 0);
    const words = [
      ...(failing.length > 0 ? [`**fails**: ${failing.join(', ')}`] : []),
      ...(missing.length > 0 ? [`not in the last matrix: ${missing.join(', ')}`] : []),
    ];
    const all = cells.slice(0, versions).map((cell) => short(cell?.version ?? '?'));
    const count = where.split('{}').length - 1;
    const filled =
      count === 1 ? where.replace('{}', [...new Set(all)].join(', ')) : where.replace(/\{\}/g, () => all.shift());
    return row([filled, how, [wasm, ...words].join('; ')]);
  });
  return [row(['where', 'how', 'WebAssembly']), row(['---', '---', '---']), ...lines].join('\n');
}

function forAll(results) {
  const lines = Object.entries(CELLS).map(([name, { where, how }]) => {
    const { version = '', passed, failed, note = '' } = results.get(name) ?? {};
    const count =
      passed === undefined ? '**not run**' : failed > 0 ? `**${failed} failed**, ${passed} passed` : `${passed} passed`;
    return row([where, version, how, count, note]);
  });
  return [row(['where', 'version', 'how', 'tests', '']), row(['---', '---', '---', '---', '---']), ...lines].join('\n');
}

function sizes(results) {
  const lines = Object.entries(CELLS).flatMap(([name, { where }]) => {
    const { size, version } = results.get(name) ?? {};
    return size === undefined ? [] : [row([where.replace(/,.*/, ''), version, size.toLocaleString('en')])];
  });
  return [row(['bundler', 'version', 'bytes, gzipped']), row(['---', '---', '---:']), ...lines].join('\n');
}

/** The files with tables, as they have to be. */
export function tables() {
  const list = JSON.parse(readFileSync(join(root, 'tests/matrix/results.json'), 'utf8'));
  const results = new Map(list.map((each) => [each.name, each]));
  const made = { readers: forReaders(results), all: forAll(results), sizes: sizes(results) };
  return ['README.md', 'docs/runtimes.md'].map((name) => {
    const file = join(root, name);
    const text = readFileSync(file, 'utf8');
    const wanted = text.replace(/(<!-- matrix: (\w+) -->\n)[^]*?(\n<!-- end -->)/g, (_, begin, table, end) => {
      return `${begin}\n${made[table]}\n${end}`;
    });
    return { name, file, text, wanted };
  });
}

export function writeTables() {
  for (const { file, text, wanted } of tables()) if (text !== wanted) writeFileSync(file, wanted);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeTables();
