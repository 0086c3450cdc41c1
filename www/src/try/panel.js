// The part where a visitor uses a cache.

import { Cache } from 'keylatch';
import { byId, prefersStillness, sleep } from '../dom.js';
import { attempt, showError } from '../errors.js';
import { readNumber } from '../format.js';
import { CALLS } from './calls.js';
import { Counters } from './counters.js';
import { Log } from './log.js';
import { Shelf } from './shelf.js';

/** What the first cache holds, so that there is something to look at. Lives differ: one for good, one as the cache says. */
const FIRST = [
  { key: 'user:1', value: 'Ada', ttl: Infinity },
  { key: 'user:2', value: 'Grace' },
  { key: 'user:3', value: 'Barbara', ttl: 600_000 },
];

/** How often the remaining times are shown; more seldom for visitors who want little to move. */
const TICK = 100;
const STILL_TICK = 1000;

/** Starts the part. */
export function startTry() {
  const forms = { make: byId('make'), use: byId('use') };
  const outcome = byId('outcome');
  const log = new Log(byId('log'));
  const counters = new Counters(byId('counters'));
  const shelf = new Shelf(byId('shelf'), byId('more'), (name, key) => use(name, { key }));
  let cache;
  let events = [];

  const remake = () => {
    const max = readNumber(forms.make.elements.max.value);
    const ttl = readNumber(forms.make.elements.ttl.value);
    // If the cache refuses its options, the one that there is stays.
    cache = new Cache({ max, ttl, events: (event) => events.push(event) });
    shelf.reset();
    log.reset();
    report(CALLS.make(cache, { max, ttl }));
  };

  /** Makes a call, and shows what came of it. */
  const use = (name, given) => attempt(forms.use, () => report(CALLS[name](cache, given)));

  const report = ({ code, result, say }) => {
    const seen = events;
    events = [];
    for (const event of seen) shelf.point(event);
    shelf.show(cache);
    counters.show(cache.stats());
    log.add(code, result, seen);
    outcome.textContent = say(seen);
  };

  const watch = async () => {
    for (;;) {
      await sleep(prefersStillness() ? STILL_TICK : TICK);
      // A cache removes what has expired when it comes by; here it should be seen at once.
      if (cache.purgeStale() > 0) report(CALLS.expired(cache));
      else if (!document.hidden) shelf.show(cache);
    }
  };

  forms.make.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(forms.make, remake);
  });
  forms.use.addEventListener('submit', (event) => {
    event.preventDefault();
    const { key, value, ttl } = forms.use.elements;
    use(event.submitter?.value ?? 'set', { key: key.value, value: value.value, ttl: readNumber(ttl.value) });
  });

  remake();
  // Each is asked for once: that is what keeps them when new ones come.
  for (const name of ['set', 'get']) for (const entry of FIRST) use(name, entry);
  outcome.textContent = 'Three entries are there already.';
  watch().catch((error) => showError(byId('use-error'), error));
}
