// What is out of date is never valid, and what is valid stays so.

import { ALL, check, same } from './probe.js';
import type { Case } from './probe.js';

export const FENCE: Record<string, Case> = {
  'an invalidation takes the next number, and nothing else takes one': async (node) => {
    const before = await node.position();
    const dropped = await node.drop(['tag']);
    check(dropped.sequence > before.sequence, 'a hard mark takes a number');
    const expired = await node.expire(['tag']);
    check(expired.sequence > dropped.sequence, 'a soft mark takes a number');
    const put = await node.put('a', 'a');
    check(put.sequence > expired.sequence, 'a value that is set takes a number');
    await node.write('b', 'b', put);
    await node.get('b');
    same((await node.other.position()).sequence, put.sequence, 'the number after a write and a read');
  },

  'numbers are given once': async (node) => {
    const works = Array.from({ length: 40 }, (_, index) => {
      const from = index % 2 === 0 ? node : node.other;
      return index % 3 === 0 ? from.put(`${index}`, 'a') : from.drop([`${index}`]);
    });
    const numbers = (await Promise.all(works)).map(({ sequence }) => sequence);
    same(new Set(numbers).size, numbers.length, 'different numbers');
  },

  'a load that began before an invalidation is refused': async (node) => {
    for (const mark of ['a', 'tag', ALL]) {
      const since = await node.position();
      const late = await node.position();
      await node.other.drop([mark]);
      const { result } = await node.write('a', 'old', since, { concerns: ['tag'] });
      same([result, await node.get('a')], ['fenced', undefined], `a write after the mark ${mark}`);
      same((await node.write('a', 'old', late)).result, mark === 'tag' ? 'stored' : 'fenced', 'without the tag');
      await node.drop(['a']);
    }
  },

  'a load that began after an invalidation is stored': async (node) => {
    const since = await node.drop(['a', 'tag', ALL]);
    same((await node.write('a', 'new', since, { concerns: ['tag'] })).result, 'stored', 'the write');
    same(await node.other.get('a'), 'new', 'the value');
  },

  'marks hold whether or not a record has had them yet': async (node) => {
    const since = await node.position();
    await node.drop(['a tag that nobody has']);
    const { result } = await node.write('a', 'old', since, { concerns: ['a tag that nobody has'] });
    same(result, 'fenced', 'a write with a tag that is known only at its end');
  },

  'an invalidation makes records invalid': async (node) => {
    for (const mark of ['a', 'tag', ALL]) {
      await node.write('a', 'a', await node.position(), { concerns: ['tag'] });
      await node.put('b', 'b', { concerns: ['tag'] });
      await node.write('c', 'c', await node.position());
      await node.other.drop([mark]);
      const values = [await node.get('a'), await node.get('b'), await node.get('c')];
      const expected = {
        a: [undefined, 'b', 'c'],
        tag: [undefined, undefined, 'c'],
        [ALL]: [undefined, undefined, undefined],
      };
      same(values, expected[mark as 'a'], `the values after the mark ${mark}`);
    }
  },

  'a soft mark makes records stale, and fences nothing': async (node) => {
    const since = await node.position();
    await node.write('a', 'a', since, { concerns: ['tag'] });
    const first = await node.expire(['tag']);
    const second = await node.other.expire(['tag']);
    const record = await node.record('a');
    check(record !== undefined && record.since >= record.hard, 'the record is valid');
    same(record.soft, second.sequence, 'soft: the greatest soft mark');
    check(record.softAt >= first.now && record.softAt <= second.now, 'softAt: the time of that mark');
    same((await node.write('a', 'late', since, { concerns: ['tag'] })).result, 'stored', 'a load that began before it');
    const late = await node.record('a');
    check(late!.since < late!.soft, 'what that load has stored is stale');
    await node.write('a', 'fresh', second, { concerns: ['tag'] });
    const fresh = await node.record('a');
    check(fresh!.since >= fresh!.soft, 'what is loaded afterwards is fresh');
  },

  'a soft mark does not hide a hard one': async (node) => {
    const since = await node.position();
    await node.write('a', 'a', since, { concerns: ['tag'] });
    await node.drop(['tag']);
    await node.expire(['tag']);
    same(await node.get('a'), undefined, 'the value');
    same(
      (await node.write('a', 'old', since, { concerns: ['tag'] })).result,
      'fenced',
      'a load that began before both',
    );
    await node.drop(['tag']);
    const between = await node.position();
    await node.expire(['tag']);
    same(
      (await node.write('a', 'a', between, { concerns: ['tag'] })).result,
      'stored',
      'a load that began between them',
    );
  },

  'a value that is set is valid, and fences older loads': async (node) => {
    const since = await node.position();
    await node.drop(['tag', ALL]);
    const put = await node.put('a', 'set', { concerns: ['tag'] });
    same([put.result, await node.other.get('a')], ['stored', 'set'], 'the put');
    same((await node.record('a'))?.since, put.sequence, 'since: the number that it took');
    same((await node.write('a', 'old', since)).result, 'fenced', 'a load that began before it');
    same(await node.get('a'), 'set', 'the value');
  },

  'a value that is set fences older loads even when it is gone': async (node) => {
    const since = await node.position();
    const put = await node.put('a', 'set', { life: 300 });
    await node.until(put.now + 1300);
    same(await node.get('a'), undefined, 'the value after its life');
    same((await node.write('a', 'old', since)).result, 'fenced', 'the same load, after the life of the value');
    same((await node.write('a', 'new', put)).result, 'stored', 'a load that began after it');
  },

  'a value that is set late is stored only if nothing has changed': async (node) => {
    const ifSince = await node.position();
    same((await node.put('a', 'a', { ifSince })).result, 'stored', 'with nothing in between');
    const again = await node.position();
    for (const mark of ['a', 'tag', ALL]) {
      const before = await node.position();
      await node.other.drop([mark]);
      const marked = await node.position();
      const put = await node.put('a', 'late', { ifSince: before, concerns: ['tag'] });
      same(put.result, 'fenced', `after the mark ${mark}`);
      same(put.sequence, marked.sequence, 'it has taken no number');
    }
    await node.other.put('a', 'newer');
    same((await node.put('a', 'late', { ifSince: again })).result, 'fenced', 'after another value was set');
    same(await node.get('a'), 'newer', 'the value');
    const since = await node.position();
    await node.expire(['a']);
    same((await node.put('a', 'late', { ifSince: since })).result, 'stored', 'after a soft mark');
  },

  'the newer of two loads stays': async (node) => {
    const first = await node.position();
    const second = await node.drop(['unrelated']);
    same((await node.write('a', 'newer', second)).result, 'stored', 'the newer');
    same((await node.write('a', 'older', first)).result, 'fenced', 'the older, afterwards');
    same((await node.write('a', 'again', second)).result, 'stored', 'one as new');
    same(await node.other.get('a'), 'again', 'the value');
    await node.write('b', 'older', first);
    same((await node.write('b', 'newer', second)).result, 'stored', 'the newer, afterwards');
    // The record's tag is another one than that of the load, so only the record is invalid.
    await node.write('c', 'invalid', second, { concerns: ['tag'] });
    await node.drop(['tag']);
    same((await node.write('c', 'older', first)).result, 'stored', 'over one that is newer, but invalid');
  },

  'a load cannot begin in the future': async (node) => {
    const { epoch, sequence } = await node.position();
    const since = { epoch, sequence: sequence + 1 };
    same((await node.write('a', 'a', since)).result, 'fenced', 'a number that was never given');
    same((await node.put('a', 'a', { ifSince: since })).result, 'fenced', 'a value that is set with it');
    same(await node.get('a'), undefined, 'the value');
  },

  'a forgotten mark still fences': async (node) => {
    const since = await node.position();
    await node.drop(['tag'], 100);
    // Stores tidy up when something comes in.
    for (let round = 0; round < 4; round += 1) {
      await node.until((await node.drop([`other ${round}`], 100)).now + 250);
    }
    const { result } = await node.write('a', 'old', since, { concerns: ['tag'], life: Infinity });
    same([result, await node.get('a')], ['fenced', undefined], 'a load that was slower than its mark');
    same((await node.put('a', 'old', { concerns: ['tag'], ifSince: since, keep: 100 })).result, 'fenced', 'a late set');
  },

  'forgetting marks costs no record within its time': async (node) => {
    const since = await node.drop(['first'], 4000);
    const { now } = await node.write('a', 'a', since, { life: 3000, concerns: ['tag'] });
    for (let round = 1; round <= 4; round += 1) {
      await node.drop([`other ${round}`], round === 1 ? 4000 : 100);
      await node.until(now + round * 250);
    }
    const { now: later, records } = await node.store.read(['a'], node.signal);
    check(later > now + 3000 || records[0] !== undefined, 'the record is valid until its end');
    check(later > now + 3000 || records[0]!.since >= records[0]!.hard, 'no mark has invalidated it');
  },
};
