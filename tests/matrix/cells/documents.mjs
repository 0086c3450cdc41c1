// The programs of pages of docs/ that need other libraries. What a line prints stands behind it, in a comment.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project, root, run, write } from '../projects.mjs';

async function programs(name, page) {
  const folder = await project(name);
  const text = readFileSync(join(root, page), 'utf8');
  const failures = [];
  let passed = 0;
  for (const [, program] of text.matchAll(/^```js\n([^]*?)^```$/gm)) {
    const file = `program-${passed + failures.length}.mjs`;
    write(folder, file, program);
    const expected = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
    try {
      const printed = await run(folder, process.execPath, [file], { limit: 60_000 });
      if (printed !== expected) throw new Error(`expected\n${expected}got\n${printed}`);
      passed += 1;
    } catch ({ message }) {
      failures.push(`${program.split('\n')[0]}: ${message}`);
    }
  }
  return { passed, failures };
}

export const cells = {
  recipes: { where: '[Recipes](recipes.md)', how: 'other libraries', run: () => programs('recipes', 'docs/recipes.md') },
};
