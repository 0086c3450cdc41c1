// What a node can rely on when a store has lost something.

import { check, same } from './probe.js';
import type { Case } from './probe.js';

export const EPOCHS: Record<string, Case> = {
  'what belongs to another epoch is refused': async (node) => {
    const { epoch, sequence } = await node.position();
    const since = { epoch: `${epoch}x`, sequence };
    same((await node.write('a', 'a', since)).result, 'fenced', 'a load');
    same((await node.put('a', 'a', { ifSince: since })).result, 'fenced', 'a value that is set late');
    same((await node.put('a', 'a')).result, 'stored', 'a value that is set now');
  },

  'a new epoch makes everything invalid': async (node) => {
    const old = await node.position();
    await node.write('a', 'a', old);
    await node.put('b', 'b', { life: Infinity });
    const { sequence } = await node.position();
    const renewed = await node.store.renew(old.epoch, 0, node.signal);
    check(renewed.epoch !== old.epoch, 'the epoch is another one');
    check(renewed.sequence >= sequence, 'the number has not gone down');
    same([await node.other.get('a'), await node.other.get('b')], [undefined, undefined], 'the values');
    same((await node.other.position()).epoch, renewed.epoch, 'the epoch that another node sees');
    same((await node.write('a', 'old', old)).result, 'fenced', 'a load of the old epoch');
    same((await node.write('a', 'new', renewed)).result, 'stored', 'a load of the new one');
    same(await node.other.get('a'), 'new', 'the value');
  },

  'an epoch is renewed once': async (node) => {
    const { epoch } = await node.position();
    const works = [node, node.other, node].map(({ store }) => store.renew(epoch, 0, node.signal));
    const epochs = new Set((await Promise.all(works)).map((answer) => answer.epoch));
    same([epochs.size, epochs.has(epoch)], [1, false], 'the epochs after three calls at once');
    const [renewed] = epochs;
    await node.put('a', 'a');
    same((await node.other.store.renew(epoch, 0, node.signal)).epoch, renewed, 'the epoch after a late call');
    same(await node.get('a'), 'a', 'the value');
  },

  'a new epoch counts on from what a node knows': async (node) => {
    const { epoch, sequence } = await node.position();
    const greatest = sequence + 1000;
    const renewed = await node.store.renew(epoch, greatest, node.signal);
    check(renewed.sequence > greatest, 'the number is above the one that the node knows');
    check((await node.put('a', 'a')).sequence > renewed.sequence, 'it goes on from there');
    const late = await node.other.store.renew(epoch, greatest + 1000, node.signal);
    same([late.epoch, late.sequence < greatest + 1000], [renewed.epoch, true], 'a late call changes nothing');
    const again = await node.other.store.renew(renewed.epoch, 1, node.signal);
    check(again.sequence > late.sequence, 'a node that knows less does not take the number down');
  },

  'a store that has lost everything has a new epoch': async (node, { lose }) => {
    if (lose === undefined) return;
    const before = await node.put('a', 'a');
    await lose();
    const after = await node.position();
    check(after.epoch !== before.epoch, 'the epoch is another one');
    same(await node.get('a'), undefined, 'the value');
    same((await node.write('a', 'old', before)).result, 'fenced', 'a load that began before the loss');
    same((await node.write('a', 'new', after)).result, 'stored', 'a load that began after it');
    same((await node.put('b', 'b')).result, 'stored', 'a value that is set');
    await node.drop(['a']);
    same([await node.get('a'), await node.get('b')], [undefined, 'b'], 'the values');
  },

  'a store that goes back shows it, and a new epoch mends it': async (node, { save }) => {
    if (save === undefined) return;
    await node.put('a', 'old');
    const back = await save();
    await node.put('a', 'new');
    const known = await node.drop(['b']);
    await back();
    const found = await node.position();
    const isTold = found.epoch !== known.epoch;
    check(isTold || found.sequence < known.sequence, 'the epoch is another one, or the number is below what was known');
    same((await node.write('c', 'c', known)).result, 'fenced', 'a load that began in what is lost');
    const renewed = await node.store.renew(found.epoch, known.sequence, node.signal);
    check(renewed.epoch !== found.epoch, 'the epoch is another one');
    check(renewed.sequence > known.sequence, 'the number is above what was known');
    same(await node.other.get('a'), undefined, 'the value that was out of date');
    same((await node.write('a', 'new', renewed)).result, 'stored', 'a load in the new epoch');
  },
};
