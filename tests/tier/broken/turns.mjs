// Stores that let two nodes load, or none.

export const TURNS = {
  'has two holders of a turn': {
    breaks: (store) => ({
      turn: (id, { lease }, signal) => store.turn(id, { lease, node: 'one' }, signal),
    }),
    fails: ['turns: one node has the turn', 'turns: only one of many at once gets the turn'],
  },
  'anybody ends a turn': {
    breaks: (store, state) => ({
      async turn(id, ...rest) {
        const answer = await store.turn(id, ...rest);
        if (answer.turn !== undefined) state[id] = answer.turn;
        return answer;
      },
      endTurn: (id, turn, signal) => store.endTurn(id, state[id] ?? turn, signal),
    }),
    fails: ['turns: a turn that is given back is free'],
  },
  'a lease never ends': {
    breaks: (store) => ({ turn: (id, { node }, signal) => store.turn(id, { node, lease: 1e12 }, signal) }),
    fails: ['turns: a lease ends a turn', 'turns: one node has the turn'],
  },
  'numbers turns by themselves': {
    breaks: (store, state) => ({
      async turn(...call) {
        const answer = await store.turn(...call);
        return answer.turn === undefined ? answer : { ...answer, turn: (state.turns = (state.turns ?? 0) + 1) };
      },
    }),
    fails: ['turns: one node has the turn'],
  },
  'a refused turn takes a number': {
    breaks: (store) => ({
      async turn(id, options, signal) {
        const answer = await store.turn(id, options, signal);
        return answer.turn === undefined
          ? { ...answer, ...(await store.drop(['x'], { soft: true, keep: 1 }, signal)) }
          : answer;
      },
    }),
    fails: ['turns: one node has the turn'],
  },
  'who has lost the turn can write': {
    breaks: (store) => ({ write: (id, record, { since }, signal) => store.write(id, record, { since }, signal) }),
    fails: ['turns: who has lost the turn cannot write'],
  },
  'a node that asks again waits for itself': {
    breaks: (store, state) => ({
      turn: (id, { lease }, signal) =>
        store.turn(id, { lease, node: `${(state.node = (state.node ?? 0) + 1)}` }, signal),
    }),
    fails: ['turns: a node that asks again gets another turn'],
  },
};
