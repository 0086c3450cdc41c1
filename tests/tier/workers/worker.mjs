// The worker in which the stores for Cloudflare are tested. It runs a step of a test for each request, so that what belongs
// to a request ends with it. A second worker with the same script is another node.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { durable } from '../../../pkg-template/src/tier/durable.ts';
import { kv } from '../../../pkg-template/src/tier/kv.ts';
import { storeSuite } from '../../../pkg-template/src/tier/suite.ts';
import * as kvSteps from './kv-steps.mjs';
import * as durableSteps from './steps.mjs';

export { TestObject } from './object.mjs';

const steps = { ...durableSteps, ...kvSteps };

/** The stores, as a worker makes them. */
const STORES = {
  durable: (env, name) => durable(env.OBJECT, { name }),
  kv: (env, name) => kv(env.VALUES, { object: durable(env.OBJECT, { name }), prefix: `${name}:`, from: 0 }),
  alone: (env, name) => kv(env.VALUES, { prefix: `${name}:` }),
};

/** What the other worker does for this one. */
export class Node extends WorkerEntrypoint {
  async ask(kind, name, method, ...call) {
    return STORES[kind](this.env, name)[method](...call, new AbortController().signal);
  }
}

const METHODS = ['read', 'write', 'put', 'drop', 'changes', 'renew', 'turn', 'endTurn'];

/** A store with the other worker as its node. */
function otherNode(env, kind, name, { capabilities }) {
  const methods = METHODS.map((method) => [
    method,
    async (...call) => env.OTHER.ask(kind, name, method, ...call.slice(0, -1)),
  ]);
  return { capabilities, ...Object.fromEntries(methods) };
}

function subject(env, kind, name) {
  const store = STORES[kind](env, name);
  const plain = {
    store,
    other: otherNode(env, kind, name, store),
    wait: (milliseconds) => scheduler.wait(milliseconds),
  };
  if (kind === 'alone') return plain;
  const object = () => env.OBJECT.get(env.OBJECT.idFromName(name));
  return {
    ...plain,
    lose: () => object().lose(),
    save: async () => {
      const tables = await object().save();
      return () => object().restore(tables);
    },
  };
}

export default {
  async fetch(request, env, context) {
    const { kind, rule, step, name, ...rest } = await request.json();
    try {
      if (rule === undefined) {
        const store = kind && STORES[kind](env, name);
        return Response.json((await steps[step]({ env, context, store, name, ...rest })) ?? null);
      }
      const cases = storeSuite(() => subject(env, kind, name), { capabilities: STORES[kind](env, name).capabilities });
      await cases.find((found) => found.name === rule).run();
      return Response.json(null);
    } catch (error) {
      return new Response(error.stack ?? String(error), { status: 500 });
    }
  },
};
