// Two processes over one Redis: they share values and invalidations. One dies, then Redis does.

import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RedisServer } from '../../tests/tier/server.mjs';
import { Claims } from '../claims.mjs';
import { count, seconds } from '../terminal/format.mjs';

const LEASE = 1000;
const DOUBT = 2000;
const CALLERS = 500;
/** What a busy machine may take beyond what is promised. */
const SLACK = 5000;

/** A process. A call tells it to do something, and resolves with what came of it. */
async function start(port) {
  const options = JSON.stringify({ port, lease: LEASE, doubt: DOUBT });
  const child = fork(fileURLToPath(new URL('node.mjs', import.meta.url)), [options]);
  const waiting = new Map();
  child.on('message', (message) => {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  await new Promise((resolve) => waiting.set(0, resolve));
  let last = 0;
  const call = (deed, words = {}) =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      child.send({ id: last, deed, words });
    });
  return Object.assign(call, { kill: () => child.kill('SIGKILL') });
}

/**
 * Runs the demo, and prints each step.
 *
 * @param {import('../terminal/screen.mjs').Screen} screen
 * @returns {Promise<object>} The facts.
 * @throws {import('../claims.mjs').BrokenClaim}
 */
export async function report(screen) {
  const begun = performance.now();
  const claims = new Claims();
  const facts = {};
  const step = (title, text) => {
    screen.print();
    screen.head(`${Object.keys(facts).length + 1}. ${title}`);
    screen.print(text);
  };
  const milliseconds = (time) => `${Math.round(time)} ms`;
  screen.head('keylatch in two processes, A and B, with a second tier in Redis');
  screen.show('starting Redis and the processes');
  const server = await RedisServer.start();
  let nodes = [];
  try {
    nodes = await Promise.all([1, 2].map(() => start(server.port)));
    const [a, b] = nodes;

    const crowds = await Promise.all(
      nodes.map((node, index) =>
        node('crowd', { callers: CALLERS, key: 'user', value: `by ${'AB'[index]}`, takes: 300, tags: ['users'] }),
      ),
    );
    const loads = crowds.reduce((sum, { loads }) => sum + loads, 0);
    claims.equal('Loads for all callers of one key in both processes', loads, 1);
    claims.equal('Different values that they got', new Set(crowds.flatMap(({ answer }) => answer)).size, 1);
    step('One load for both', `${count(2 * CALLERS)} callers want one value: ${loads} load, and all have its value.`);
    facts.crowd = { callers: 2 * CALLERS, loads };

    const { answer: taken } = await a('invalidate', { tag: 'users' });
    const since = performance.now();
    claims.equal('Whether Redis has taken the invalidation', taken, true);
    while ((await b('peek', { key: 'user' })).answer !== null)
      claims.below('ms', performance.now() - since, DOUBT + SLACK);
    const late = performance.now() - since;
    step(
      'An invalidation reaches the other',
      `A invalidates a tag. The memory of B has lost the value ${milliseconds(late)} later.`,
    );
    facts.invalidation = { milliseconds: late };

    const slow = b('load', { key: 'price', value: 'old', takes: 400, tags: ['prices'] });
    await sleep(150);
    await a('invalidate', { tag: 'prices' });
    claims.equal('What the caller of the slow load gets', (await slow).answer, 'old');
    const next = await a('load', { key: 'price', value: 'new' });
    claims.equal('What the next caller gets, in the other process', next.answer, 'new');
    claims.equal(
      'What the next caller gets, in the same process',
      (await b('load', { key: 'price', value: 'newer' })).answer,
      'new',
    );
    step(
      'A slow load brings nothing back',
      'B loads slowly, A invalidates meanwhile. Nobody gets the old value afterwards.',
    );
    facts.late = { answer: next.answer };

    void a('load', { key: 'report', value: 'never', takes: 60_000 });
    await sleep(150);
    const takeover = b('load', { key: 'report', value: 'by B' });
    await sleep(50);
    a.kill();
    const taken2 = await takeover;
    claims.equal('What the other process has loaded', taken2.answer, 'by B');
    claims.below('Milliseconds until it has', taken2.took, LEASE + SLACK);
    step(
      'A process dies while it loads for both',
      `A is killed. B takes over when the lease of ${milliseconds(LEASE)} is over, and has its value after ${milliseconds(taken2.took)}.`,
    );
    facts.takeover = { milliseconds: taken2.took };

    await b('set', { key: 'account', value: 'before' });
    await server.kill();
    const without = await b('load', { key: 'other', value: 'loaded' });
    claims.equal('What a load gives without Redis', without.answer, 'loaded');
    claims.equal(
      'Whether a change has reached Redis',
      (await b('set', { key: 'account', value: 'after' })).answer,
      false,
    );
    await server.restart();
    const restarted = performance.now();
    while (!(await b('settle')).answer) {
      claims.below('ms', performance.now() - restarted, 15_000 + SLACK);
      await sleep(50);
    }
    const c = await start(server.port);
    nodes.push(c);
    const { answer } = await c('load', { key: 'account', value: 'loaded anew' });
    claims.equal('Whether the value from before comes back', answer === 'before', false);
    step(
      'Redis dies, and comes back empty',
      `B goes on: a load takes ${milliseconds(without.took)} without Redis. What was set meanwhile is there ${milliseconds(performance.now() - restarted)} after the restart.`,
    );
    facts.outage = { load: without.took, answer };

    facts.claims = claims.held.filter((claim) => !claim.startsWith('ms'));
    facts.seconds = (performance.now() - begun) / 1000;
    screen.print(`\nAll ${count(facts.claims.length)} claims hold. It took ${seconds(facts.seconds)}.`);
    return facts;
  } finally {
    for (const node of nodes) node.kill();
    await server.stop();
  }
}
