// What is asked of each: small scenarios, each of which gives a word. Those that are `right` are answers that a program
// can rely on, and `why` says what goes wrong otherwise. A row without `right` has no wrong answer.

import { exitTime } from './exit.mjs';
import { MORE } from './more.mjs';
import { REFRESHING } from './refreshing.mjs';
import * as scenarios from './scenarios.mjs';

const { afterDelete, duringLoad, failing, failure, kept } = scenarios;

/** The rows, in the order of the table. `needs` is what an adapter has to have; the others get no word. */
export const ROWS = [
  {
    name: '100 callers of a missing key',
    right: ['1 load'],
    why: 'the others wait for the first one; otherwise a popular key that expires is a stampede',
    run: scenarios.crowd,
  },
  ...['delete', 'clear', 'tag'].map((change) => ({
    name: `${change === 'tag' ? 'tag is deleted' : change} during a load: stored?`,
    needs: change === 'tag' ? ['tag'] : [],
    right: ['no'],
    why: 'what was loaded before the change is out of date, and would stay for a whole ttl',
    run: async (adapter) => ((await duringLoad(adapter, change)).after === 'OLD' ? 'yes' : 'no'),
  })),
  {
    name: 'delete during a load: its caller',
    right: ['value'],
    why: 'it asked before the change; that somebody else has deleted the key is no error of its own',
    run: async (adapter) => ((await duringLoad(adapter, 'delete')).got.value === 'OLD' ? 'value' : 'error'),
  },
  {
    name: 'set(NEW) during a load: kept?',
    right: ['NEW'],
    why: 'the set came later than what the load has seen',
    run: async (adapter) => (await duringLoad(adapter, 'set')).after ?? 'neither',
  },
  {
    name: 'get after delete, old load runs',
    right: ['loads'],
    why: 'who asks after a delete must not get what was there before it: the program has just made it untrue',
    run: async (adapter) => (await afterDelete(adapter)).asked,
  },
  {
    name: 'and when the old load ends: kept?',
    right: ['NEW'],
    why: 'a load that began earlier must not overwrite what a later one has found, however late it is',
    run: async (adapter) => (await afterDelete(adapter)).kept,
  },
  {
    name: 'delete during a load behind: stored?',
    needs: ['stale'],
    right: ['no'],
    why: 'a load behind a stale value is a load like any other',
    run: scenarios.deleteBehind,
  },
  {
    name: 'loader rejects, 10 callers: calls',
    right: ['1 call'],
    why: 'a service that is down must not get all the callers one after the other',
    run: async (adapter) => (await failing(adapter)).calls,
  },
  {
    name: 'and what these callers get',
    right: ['error', 'wrapped'],
    why: "undefined would look like a value; an error with the loader's as its cause will do",
    run: async (adapter) => (await failing(adapter)).got,
  },
  {
    name: 'the call after a failed load',
    right: ['loads'],
    why: 'an error is no value: nothing should be kept of it',
    run: async (adapter) => (await failing(adapter)).next,
  },
  {
    name: 'load behind fails',
    needs: ['stale'],
    right: ['stale'],
    why: 'the caller has its value, and a rejection that nobody handles would end the process',
    run: scenarios.failBehind,
  },
  {
    name: 'loader throws at once',
    right: ['rejects'],
    why: 'one way to hear of errors is enough; `.catch` does not see what the call itself throws',
    run: (adapter) =>
      failure(adapter, () => {
        throw new Error('at once');
      }),
  },
  {
    name: 'loader rejects with undefined',
    right: ['rejects'],
    why: 'a failure without a reason is still one',
    run: (adapter) => failure(adapter, () => Promise.reject()),
  },
  {
    name: 'null is cached',
    right: ['yes'],
    why: 'it is how a loader says that there is nothing; loading that again and again is a stampede too',
    run: (adapter) => kept(adapter, null),
  },
  {
    name: 'undefined is cached',
    right: ['no', 'yes'],
    why: 'both can be meant; an error cannot',
    run: (adapter) => kept(adapter, undefined),
  },
  {
    name: 'loader never ends: second caller',
    right: ['loads'],
    why: 'without a bound in time the key is dead until the process ends; the second caller has a loader of its own',
    run: scenarios.neverEnding,
  },
  {
    name: 'one caller aborts: the others',
    needs: ['signal'],
    right: ['value'],
    why: 'a signal ends the wait of the one whose it is, whoever came first',
    run: scenarios.abortOne,
  },
  {
    name: 'all callers abort: the loader',
    needs: ['signal'],
    right: ['told'],
    why: 'nobody wants the value any more, so the request behind it can end',
    run: scenarios.abortAll,
  },
  {
    name: 'an object that is cached',
    why: 'shared is fast, a copy is safe from changes by its users; some can do either',
    run: scenarios.sharing,
  },
  {
    name: 'Node exits when work is done',
    right: ['at once'],
    why: 'a timer of a cache must not keep a program alive',
    run: ({ name }) => exitTime(name),
  },
  ...REFRESHING,
  ...MORE,
];
