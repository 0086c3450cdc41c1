// The log: each call as it looks in code, and the events that the cache told of. The newest is on top.

import { make } from '../dom.js';
import { quote } from '../format.js';

/** How many calls are kept, and how many keys are named for each kind of event. */
const MOST_CALLS = 50;
const MOST_KEYS = 4;

export class Log {
  #list;

  /** @param list The element that the calls go into. */
  constructor(list) {
    this.#list = list;
  }

  /** Adds a call. */
  add(code, result, events) {
    const call = make('code', 'call', code);
    if (result !== undefined) call.append(make('i', '', ` // ${result}`));
    const item = make('li', '', call);
    for (const [type, those] of byType(events)) item.append(line(type, those));
    this.#list.prepend(item);
    while (this.#list.children.length > MOST_CALLS) this.#list.lastElementChild.remove();
  }

  /** Removes all calls, for another cache. */
  reset() {
    this.#list.replaceChildren();
  }
}

/** The events of one kind, in a line. */
function line(type, events) {
  const keys = events.slice(0, MOST_KEYS).map(({ key }) => quote(key));
  const others = events.length - keys.length;
  const rest = others > 0 ? ` and ${others} more` : '';
  const word = make('b', type, type);
  return make('span', 'event', word, ` ${keys.join(', ')}${rest}`);
}

/** Events by their kind, in the order in which the kinds first came. */
function byType(events) {
  const kinds = new Map();
  for (const event of events) kinds.set(event.type, [...(kinds.get(event.type) ?? []), event]);
  return kinds;
}
