// What nodes are told.

import { LONG, check, heard, rejects, same } from './probe.js';
import type { Case, Probe } from './probe.js';
import type { Change, Position } from '../store.js';

/** Everything after a position, however many answers it takes. */
async function all(node: Probe, after: Position): Promise<readonly Change[]> {
  const { changes, isTrimmed } = await node.changes(after);
  same(isTrimmed, false, 'isTrimmed');
  return changes;
}

export const FEED: Record<string, Case> = {
  'the feed has every change, in order': async (node) => {
    const start = await node.position();
    const dropped = await node.drop(['a', 'tag']);
    const expired = await node.other.expire(['\ud800']);
    const put = await node.put('b', 'b');
    await node.write('c', 'c', put);
    same((await node.put('b', 'b', { ifSince: start })).result, 'fenced', 'a set that is late');
    const expected = [
      { sequence: dropped.sequence, marks: ['a', 'tag'], soft: false },
      { sequence: expired.sequence, marks: ['\ud800'], soft: true },
      { sequence: put.sequence, marks: ['b'], soft: false },
    ];
    const plain = (changes: readonly Change[]): unknown =>
      changes.map(({ sequence, marks, soft }) => ({ sequence, marks, soft }));
    same(plain(await all(node.other, start)), plain(expected), 'from the start');
    same(plain(await all(node, dropped)), plain(expected.slice(1)), 'from the first change on');
    same(plain(await all(node, put)), [], 'from the end on');
  },

  'an answer is complete up to its own number': async (node, { wait }) => {
    let position: Position = await node.position();
    const seen: number[] = [];
    const taken: number[] = [];
    let isOver = false;
    const writer = async (): Promise<void> => {
      try {
        for (let index = 0; index < 30; index += 1) taken.push((await node.other.drop([`${index}`])).sequence);
      } finally {
        isOver = true;
      }
    };
    const reader = async (): Promise<void> => {
      for (let isLast = false; !isLast;) {
        isLast = isOver;
        const news = await node.changes(position);
        check(news.sequence >= position.sequence, 'the number does not go down');
        seen.push(...news.changes.map(({ sequence }) => sequence));
        position = news;
        // Answers that need no time must not keep the writer from its own.
        await wait(1);
      }
    };
    await Promise.all([writer(), reader()]);
    same(seen, taken, 'the numbers of the changes');
  },

  'a change ends the wait': async (node, { wait }) => {
    const start = await node.position();
    const news = node.changes(start, LONG);
    await wait(100);
    const { sequence } = await node.other.drop(['a']);
    // Stores that ask again from time to time need some.
    const passing = wait(2500);
    same((await news).changes[0]?.sequence, sequence, 'the change');
    await passing;
  },

  'without a change, the answer comes after the wait': async (node, { wait }) => {
    const start = await node.position();
    const news = node.changes(start, 300);
    await wait(4000);
    const { changes, isTrimmed, now, sequence } = await news;
    same([changes.length, isTrimmed, sequence], [0, false, start.sequence], 'the answer');
    check(now >= start.now, 'it is of a later time');
  },

  'a wait of 0 asks once': async (node) => {
    same((await all(node, await node.position())).length, 0, 'changes');
  },

  'several can wait': async (node, { wait }) => {
    const start = await node.position();
    const news = [node.changes(start, LONG), node.other.changes(start, LONG), node.changes(start, LONG)];
    await wait(100);
    await node.drop(['a']);
    const passing = wait(2500);
    same(
      (await Promise.all(news)).map(({ changes }) => changes.length),
      [1, 1, 1],
      'changes for each',
    );
    await passing;
  },

  'a signal ends the wait for changes, and a later call waits again': async (node, { wait }) => {
    const start = await node.position();
    const stop = new AbortController();
    const reason = new Error('enough');
    const stopped = heard(rejects(node.changes(start, LONG, stop.signal), reason, 'the call that waits'));
    await wait(100);
    stop.abort(reason);
    await stopped;
    const news = node.changes(start, LONG);
    await wait(100);
    await node.drop(['a']);
    const passing = wait(2500);
    same((await news).changes.length, 1, 'changes for the later call');
    await passing;
  },

  'a feed that has forgotten something says so': async (node, { feedLength }) => {
    const start = await node.position();
    const count = feedLength === undefined ? 300 : feedLength * 3 + 300;
    for (let done = 0; done < count; done += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => node.drop([`${done + index}`])));
    }
    const { changes, isTrimmed } = await node.changes(start);
    if (!isTrimmed) same(changes.length, Math.ceil(count / 50) * 50, 'changes, if none is missing');
    check(isTrimmed || feedLength === undefined, 'expected isTrimmed');
    const now = await node.position();
    same((await node.changes(now)).isTrimmed, false, 'isTrimmed from the end on');
    const { sequence } = await node.drop(['last']);
    same(
      (await all(node, now)).map((change) => change.sequence),
      [sequence],
      'the change after that',
    );
  },

  'the feed of another epoch is trimmed, and does not wait': async (node, { wait }) => {
    const { epoch, sequence } = await node.position();
    const { isTrimmed, changes } = await node.changes({ epoch: `${epoch}x`, sequence }, LONG);
    same([isTrimmed, changes.length], [true, 0], 'of an epoch that never was');
    const old = await node.drop(['a']);
    let isRenewed = false;
    const news = heard(node.other.changes(old, 2000).then((answer) => ({ ...answer, isEarly: !isRenewed })));
    await wait(100);
    await node.store.renew(old.epoch, 0, node.signal);
    isRenewed = true;
    await wait(4000);
    const late = await news;
    // Where the machine stands still, the wait may be over before the epoch is.
    if (!late.isEarly) {
      same([late.isTrimmed, late.epoch === old.epoch], [true, false], 'of one that has been renewed meanwhile');
    }
    same((await node.changes(old)).isTrimmed, true, 'of one that is over');
  },

  'numbers without a change are no gap': async (node) => {
    const start = await node.position();
    const { turn } = (await node.store.turn?.('a', { lease: LONG, node: 'n' }, node.signal)) ?? {};
    await node.store.renew('another epoch', 0, node.signal);
    const { sequence } = await node.drop(['a']);
    if (turn !== undefined) check(turn < sequence, 'a turn takes a number of the same sequence');
    same(
      (await all(node, start)).map((change) => change.sequence),
      [sequence],
      'the changes',
    );
  },
};
