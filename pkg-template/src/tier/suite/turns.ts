// One node loads for all.

import { check, same } from './probe.js';
import type { Case } from './probe.js';

export const TURNS: Record<string, Case> = {
  'one node has the turn': async (node) => {
    const before = await node.position();
    const first = await node.turn('a', 'one', 10_000);
    check(first.turn !== undefined && first.turn > before.sequence, 'the first gets a new number');
    same(first.sequence, first.turn, 'the number is the greatest of the sequence');
    const second = await node.other.turn('a', 'two', 10_000);
    same(second.turn, undefined, 'a turn for the second');
    check(
      second.heldFor! > 0 && second.heldFor! <= 10_000,
      `heldFor: expected the rest of the lease, got ${second.heldFor}`,
    );
    same(second.sequence, first.sequence, 'a refusal takes no number');
    check((await node.other.turn('b', 'two')).turn !== undefined, 'another record has a turn of its own');
  },

  'only one of many at once gets the turn': async (node) => {
    const nodes = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? node : node.other));
    const answers = await Promise.all(nodes.map((from, index) => from.turn('a', `node ${index}`)));
    same(answers.filter(({ turn }) => turn !== undefined).length, 1, 'turns');
  },

  'a turn that is given back is free': async (node) => {
    const first = await node.turn('a', 'one');
    await node.endTurn('a', first.turn!);
    const second = await node.other.turn('a', 'two');
    check(second.turn !== undefined && second.turn > first.turn!, 'the second gets a greater number');
    await node.endTurn('a', first.turn!);
    await node.endTurn('none', first.turn!);
    same((await node.turn('a', 'one')).turn, undefined, 'a turn, after the first was given back again');
  },

  'a lease ends a turn': async (node) => {
    const first = await node.turn('a', 'one', 300);
    await node.until(first.now + 1300);
    const second = await node.other.turn('a', 'two');
    check(second.turn !== undefined && second.turn > first.turn!, 'the second gets a greater number');
  },

  'a node that asks again gets another turn': async (node) => {
    const first = await node.turn('a', 'one', 300);
    const again = await node.turn('a', 'one');
    check(again.turn !== undefined && again.turn > first.turn!, 'it gets a greater number');
    await node.until(first.now + 1300);
    same((await node.other.turn('a', 'two')).turn, undefined, 'a turn for another node, after the first lease');
  },

  'who has lost the turn cannot write': async (node) => {
    const since = await node.position();
    const first = await node.turn('a', 'one', 300);
    await node.until(first.now + 1300);
    same(
      (await node.write('a', 'late', since, { turn: first.turn! })).result,
      'stored',
      'late, but nobody else has it',
    );
    const second = await node.other.turn('a', 'two');
    same(
      (await node.write('a', 'lost', since, { turn: first.turn! })).result,
      'fenced',
      'the first, in the turn of the second',
    );
    same((await node.write('b', 'b', since, { turn: first.turn! })).result, 'stored', 'another record');
    same((await node.other.write('a', 'mine', second, { turn: second.turn! })).result, 'stored', 'the second');
    await node.endTurn('a', second.turn!);
    same(
      (await node.write('a', 'lost', since, { turn: first.turn! })).result,
      'fenced',
      'the first, after the second has stored',
    );
    same(await node.get('a'), 'mine', 'the value');
  },
};
