// One case in a process of its own: what V8 learns in one case about the code of a contender must not decide the next.
// A cache with ttl would make those without slower, a small one those that are large.

import { contendersOf } from './contenders.mjs';
import { prepare } from './loops.mjs';
import { measure } from './measure.mjs';
import { measureMemory } from './memory.mjs';

// Whoever started it is gone, by Ctrl-C for instance: nobody waits for the numbers.
process.once('disconnect', () => process.exit());

process.once('message', async ({ spec, plan, memory }) => {
  try {
    const result = memory ? await measureMemory(memory) : await measure(prepare(spec, contendersOf(spec)), plan);
    process.send({ result }, () => process.disconnect());
  } catch (error) {
    process.send({ error: error.message }, () => process.disconnect());
  }
});
