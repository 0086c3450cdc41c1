// What a visitor does and sees, in words of the page.

import assert from 'node:assert/strict';

/** The most that anything may take, in milliseconds. */
const PATIENCE = 10_000;

/** The actions of a visitor on a page. */
export function visit(page) {
  /** Presses the button of a name. */
  const press = (name) => page.getByRole('button', { name, exact: true }).click();

  /** The text of an element, as it is seen. */
  const text = (selector) => page.locator(selector).innerText();

  /** The keys on the shelf. */
  const shelf = async () => (await page.locator('#shelf .key').allInnerTexts()).map((key) => key.slice(1, -1));

  /** A list of names and numbers, as an object of texts. */
  const numbers = (selector) =>
    page
      .locator(`${selector} > div`)
      .evaluateAll((rows) => Object.fromEntries(rows.map((row) => [...row.children].map((cell) => cell.textContent))));

  /** Waits until the answer to a question is yes. */
  const until = async (ask, what) => {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await page.waitForTimeout(50)) {
      if (await ask()) return;
    }
    assert.fail(`it never came: ${what}`);
  };

  /** Sends callers, waits for the end, and returns the numbers of both figures. */
  const send = async (count, { fails = false } = {}) => {
    await page.locator('#send-count').fill(String(count));
    await page.getByLabel('The first computation fails').setChecked(fails);
    await press('Send the callers');
    await until(async () => (await text('#runs-outcome')).includes('withLock'), 'the outcome');
    return { without: await numbers('#run-without .numbers'), shared: await numbers('#run-shared .numbers') };
  };

  /** Where the lines of a state begin and end with `withLock`, in milliseconds, from the top to the bottom. */
  const lines = async (state) => {
    const path = await page.locator(`#run-shared .${state}`).getAttribute('d');
    return [...path.matchAll(/M(\d+) [\d.]+H(\d+)/g)].map(([, from, to]) => ({ from: Number(from), to: Number(to) }));
  };

  /** Measures, and returns the cells of the table. */
  const measure = async () => {
    await press('Measure');
    await until(async () => (await text('#measure-outcome')).includes('times as long'), 'the outcome');
    return page
      .locator('#results tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
  };

  /** Checks the error of a form: its code, its message, and the field that it is marked at. */
  const assertError = async (form, code, message, field) => {
    const input = page.locator(`#${form}-${field}`);
    assert.equal(await text(`#${form}-error code`), code);
    assert.match(await text(`#${form}-error`), message);
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    assert.equal(await input.getAttribute('aria-describedby'), `${form}-error`);
  };

  return { press, text, shelf, numbers, until, send, lines, measure, assertError };
}
