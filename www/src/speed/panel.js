// The part that measures hits.

import { byId, make } from '../dom.js';
import { showError } from '../errors.js';
import { CONTENDERS, measure, summary } from './measure.js';

/** Starts the part. */
export function startSpeed() {
  const form = byId('measure');
  const button = form.querySelector('button');
  const bar = byId('measure-progress');
  const error = byId('measure-error');
  const outcome = byId('measure-outcome');
  const body = byId('results').tBodies[0];
  // The rows are there from the start, so that nothing moves when the numbers come.
  body.replaceChildren(...CONTENDERS.map(({ name }) => row(name)));

  const run = async (entries) => {
    outcome.textContent = 'Measuring.';
    bar.value = 0;
    bar.hidden = false;
    try {
      const results = await measure(entries, (share) => (bar.value = share));
      body.replaceChildren(...results.map(({ name, rates }) => row(name, summary(rates))));
      outcome.textContent = inWords(results, entries);
    } catch (thrown) {
      outcome.textContent = '';
      showError(error, thrown);
    } finally {
      bar.hidden = true;
    }
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    // Not `disabled`: that would take the focus away.
    if (button.ariaDisabled === 'true') return;
    button.ariaDisabled = 'true';
    error.replaceChildren();
    await run(Number(form.elements.entries.value));
    button.ariaDisabled = null;
  });
}

function row(name, { median, least, greatest } = {}) {
  const head = make('th', '', make('code', '', name));
  head.scope = 'row';
  const cells = median === undefined ? ['–', '–'] : [millions(median), `${millions(least)} to ${millions(greatest)}`];
  return make('tr', '', head, ...cells.map((text) => make('td', '', text)));
}

/** A rate in millions, with about three digits that count. */
function millions(rate) {
  return (rate / 1e6).toFixed(rate < 1e7 ? 2 : 1);
}

function inWords(results, entries) {
  const [map, cache, expiring] = results.map(({ rates }) => summary(rates).median);
  const factor = (rate) => (map / rate).toFixed(2);
  return `With ${entries.toLocaleString('en')} entries, a hit takes ${factor(cache)} times as long as in a Map; with a ttl, ${factor(expiring)} times.`;
}
