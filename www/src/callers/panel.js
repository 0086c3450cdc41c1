// The part where many callers want one value.

import { InMemoryCache } from 'keylatch';
import { byId, prefersStillness } from '../dom.js';
import { attempt, showError } from '../errors.js';
import { count } from '../format.js';
import { Figure } from './figure.js';
import { Run } from './run.js';

const MOST = 1000;

/** How long a drawing stands, in milliseconds. A new one at each frame would make the callers late. */
const FRAME = 50;

/** Starts the part. */
export function startCallers() {
  const form = byId('send');
  const button = form.querySelector('button');
  const outcome = byId('runs-outcome');
  const without = new Figure('Without a cache', 'run-without');
  const shared = new Figure('With withLock', 'run-shared');
  byId('runs').append(without.element, shared.element);

  const send = async (options) => {
    const runs = [new Run(computeEach, options), new Run(computeOnce(new InMemoryCache()), options)];
    outcome.textContent = `${count(options.count, 'caller')} on the way.`;
    const stop = animate([without, shared], runs);
    try {
      await Promise.all(runs.map((run) => run.send()));
    } finally {
      stop();
    }
    outcome.textContent = inWords(runs);
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // Not `disabled`: that would take the focus away.
    if (button.ariaDisabled === 'true') return;
    attempt(form, () => {
      const options = read(form.elements);
      button.ariaDisabled = 'true';
      send(options)
        .catch((error) => {
          outcome.textContent = '';
          showError(byId('send-error'), error);
        })
        .finally(() => (button.ariaDisabled = null));
    });
  });
}

/** Without a cache: whoever wants the value computes it. */
const computeEach = (compute) => compute();

/** With a cache: the code that the page shows. */
const computeOnce = (cache) => (compute) =>
  cache.withLock('report', async (lock) => {
    if (!lock.done) await lock.setResult(await compute());
    return lock.result;
  });

function read({ count, fails }) {
  const number = Number(count.value);
  if (!Number.isInteger(number) || number < 1 || number > MOST) {
    throw new RangeError(`count: expected a whole number from 1 to ${MOST}, got ${JSON.stringify(count.value)}`);
  }
  return { count: number, fails: fails.checked };
}

/**
 * Shows runs in their figures as they go on; where little should move, only how they end.
 *
 * @returns What ends it.
 */
function animate(figures, runs) {
  const show = () => figures.forEach((figure, index) => figure.show(runs[index]));
  figures.forEach((figure) => figure.reset());
  const timer = prefersStillness() ? undefined : setInterval(show, FRAME);
  return () => {
    clearInterval(timer);
    show();
  };
}

function inWords([without, shared]) {
  const saved = `${count(without.computations, 'computation')} without a cache, ${shared.computations} with withLock.`;
  if (shared.count('fails') === 0) return saved;
  const others = shared.count('served');
  if (others === 0) return `${saved} The only one failed, and nobody was in line.`;
  return `${saved} The first one failed, and only its caller has the error. The next in line computed, for ${
    others === 1 ? 'itself' : `itself and ${count(others - 1, 'other')}`
  }.`;
}
