// The timed cases in a browser instead of Node: the same loops, the same contenders, the same tables.

import { judge } from '../budgets.mjs';
import { head, line, summarize, summary, verdicts } from '../report.mjs';
import { timeCase } from '../time.mjs';
import { openBrowser } from './open.mjs';

/**
 * Times the cases in a browser, and prints what comes out.
 *
 * @param kind Which browser.
 * @param about What the run's numbers begin with.
 * @returns The run, as `--json` writes it.
 */
export async function runInBrowser(kind, cases, plan, about) {
  const { name, version, work, close } = await openBrowser(kind);
  try {
    console.log(`in ${name} ${version}, headless`);
    await work({ cases, largest: plan.checked });
    console.log(`\n${head()}`);
    const rows = [];
    for (const spec of cases) {
      rows.push(await timeCase(spec, plan, work));
      console.log(line(rows.at(-1)));
    }
    const groups = summarize(rows);
    console.log(`\n${summary(groups)}`);
    const budgets = judge(rows);
    console.log(`\n${verdicts(budgets)}`);
    return { ...about, browser: { name, version }, rows, groups, budgets };
  } finally {
    await close();
  }
}
