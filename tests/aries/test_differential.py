"""ACA-Py's InMemoryCache and keylatch's, with the same random scripts on the same virtual clock.

ACA-Py's own tests never look whether an entry is still there before its time is over; these compare every answer. What
`docs/aries.md` lists as a difference stays out of the scripts; each has a test of its own at the end.
"""

import asyncio
import os
import random
import signal
import threading
import time
from types import SimpleNamespace

import pytest
from acapy_agent.cache import in_memory
from acapy_agent.cache.base import BaseCache, CacheError

from keylatch_bridge import KeylatchCache, bridge, original

SEED = int(os.environ.get("KEYLATCH_SEED", time.time_ns() % 2**32))
KEYS = ["a", "b", "schema::WgWx:2:name:1.0", "", "__proto__", "ключ", "\ud83d\ude00"]
VALUES = ["text", 1, 0, "", False, [], {}, {"deep": [1, {"x": None}]}, 1.5, True, {"missing": True}]
# What JSON changes or doesn't know.
VALUES += [(), (1, [2]), 2.0, float("inf"), 2**60, b"bytes", {1: "a"}, {"deep": {2.0}}, object()]
TTLS = [None, 0, 0.5, 1, 2, 60, 3600, float(2**31)]


class Clock:
    """The time of both."""

    def __init__(self, monkeypatch):
        self.milliseconds = 1_700_000_000_000
        virtual = SimpleNamespace(perf_counter=lambda: self.milliseconds / 1000)
        monkeypatch.setattr(in_memory, "time", virtual)
        self.advance(0)

    def advance(self, milliseconds):
        self.milliseconds += milliseconds
        bridge.ask("clock", self.milliseconds)


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(KeylatchCache, "lease", 10**15)
    yield Clock(monkeypatch)
    bridge.ask("clock", None)


async def settle():
    """Lets both get as far as they can without time passing."""
    for _ in range(20):
        await asyncio.sleep(0)
    await bridge.call("settle")
    for _ in range(20):
        await asyncio.sleep(0)


async def outcome(awaitable):
    """A value, or the kind of error."""
    try:
        return await awaitable
    except (CacheError, asyncio.InvalidStateError):
        # The original means CacheError, and forgets it for values that Python takes for false.
        return "CacheError"


@pytest.mark.asyncio
@pytest.mark.parametrize("round", range(30))
async def test_entries(clock, round):
    print(f"KEYLATCH_SEED={SEED}, round {round}")
    chance = random.Random(SEED + round)
    caches = [original(), KeylatchCache()]
    for step in range(150):
        action = chance.random()
        key = chance.choice(KEYS)
        if action < 0.35:
            keys = chance.choice([key, [key], chance.sample(KEYS, chance.randrange(len(KEYS)))])
            value, ttl = chance.choice(VALUES), chance.choice(TTLS)
            for cache in caches:
                await cache.set(keys, value, ttl)
        elif action < 0.7:
            clock.advance(chance.choice([0, 1, 499, 500, 1000, 30_000, 3_600_000]))
        elif action < 0.75:
            for cache in caches:
                await cache.clear(key)
        elif action < 0.77:
            for cache in caches:
                await cache.flush()
        for key in KEYS:
            expected, actual = [await cache.get(key) for cache in caches]
            assert actual == expected and type(actual) is type(expected), f"{key} at step {step}"


@pytest.mark.asyncio
async def test_a_value_that_json_does_not_know_is_the_very_object():
    cache = KeylatchCache()
    endless = {"name": "endless"}
    endless["self"] = endless
    for value in [endless, object(), [object()]]:
        await cache.set("k", value)
        assert await cache.get("k") is value
        async with cache.acquire("k") as lock:
            assert lock.result is value


@pytest.mark.asyncio
async def test_a_slow_answer_takes_no_time():
    cache = KeylatchCache()
    await cache.set("k", "v", 0.5)
    os.kill(bridge.process.pid, signal.SIGSTOP)
    threading.Timer(0.6, os.kill, [bridge.process.pid, signal.SIGCONT]).start()
    assert cache._cache["k"] == {"value": "v"}
    assert await cache.get("k") == "v"
    await asyncio.sleep(0.5)
    assert await cache.get("k") is None


def test_where_a_base_cache_is_asked_for():
    assert isinstance(KeylatchCache(), BaseCache)


class Pair:
    """The same lock in both caches."""

    def __init__(self, caches, key):
        self.key = key
        self.locks = [cache.acquire(key) for cache in caches]
        self.entries = []

    def has_entered(self):
        return self.entries and all(entry.done() for entry in self.entries)

    def state(self):
        return [(lock.done, lock.result if lock.done else None) for lock in self.locks]


@pytest.mark.asyncio
@pytest.mark.parametrize("round", range(30))
async def test_locks(clock, round):
    print(f"KEYLATCH_SEED={SEED}, round {round}")
    chance = random.Random(SEED + 1000 + round)
    caches = [original(), KeylatchCache()]
    live = []

    def at(key):
        return [pair for pair in live if pair.key == key]

    for step in range(80):
        action = chance.random()
        key = chance.choice(KEYS[:3])
        pair = chance.choice(live) if live else None
        if action < 0.25:
            pair = Pair(caches, key)
            parents = [lock.parent is not None for lock in pair.locks]
            assert parents[0] == parents[1], f"parents at step {step}"
            live.append(pair)
        elif action < 0.5 and pair and not pair.entries:
            pair.entries = [asyncio.ensure_future(lock.__aenter__()) for lock in pair.locks]
        elif action < 0.65 and pair and not pair.locks[0].parent and pair.has_entered():
            value, ttl = chance.choice(["v", 1, {"x": [1]}]), chance.choice(TTLS)
            results = [await outcome(lock.set_result(value, ttl)) for lock in pair.locks]
            assert results[0] == results[1], f"set_result at step {step}"
        elif action < 0.85 and pair and pair.has_entered():
            # A holder that leaves others behind without a result is one of the differences.
            if pair.locks[0].done or len(at(pair.key)) == 1:
                for lock in pair.locks:
                    await lock.__aexit__(None, None, None)
                live.remove(pair)
        elif action < 0.9 and not at(key):
            for cache in caches:
                await cache.set(key, f"set at {step}", 60)
        else:
            clock.advance(chance.choice([0, 500, 1000, 10_000]))
        await settle()
        for other in live:
            expected, actual = other.state()
            assert actual == expected, f"{other.key} at step {step}"
            entered = [entry.done() for entry in other.entries]
            assert len(set(entered)) < 2, f"entering {other.key} at step {step}"
        for key in KEYS[:3]:
            expected, actual = [await cache.get(key) for cache in caches]
            assert actual == expected, f"{key} at step {step}"
    for pair in live:
        for entry in pair.entries:
            entry.cancel()
        pair.locks[1].release()


async def enter(lock):
    await lock.__aenter__()
    return lock


@pytest.mark.asyncio
async def test_difference_a_cancelled_waiter_harms_nobody(clock):
    outcomes = []
    for cache in [original(), KeylatchCache()]:
        holder = await enter(cache.acquire("k"))
        waiter = asyncio.ensure_future(enter(cache.acquire("k")))
        await settle()
        waiter.cancel()
        await settle()
        outcomes.append((await outcome(holder.set_result("v")), await cache.get("k")))
    assert outcomes == [("CacheError", None), (None, "v")]


@pytest.mark.asyncio
async def test_difference_one_waiter_is_promoted(clock):
    entered = []
    for cache in [original(), KeylatchCache()]:
        holder = await enter(cache.acquire("k"))
        waiters = [asyncio.ensure_future(enter(cache.acquire("k"))) for _ in range(5)]
        await settle()
        await holder.__aexit__(None, None, None)
        await settle()
        entered.append(sum(waiter.done() for waiter in waiters))
        for waiter in waiters:
            waiter.cancel()
    assert entered == [5, 1]


@pytest.mark.asyncio
async def test_difference_what_was_cleared_meanwhile_is_not_stored(clock):
    stored = []
    for cache in [original(), KeylatchCache()]:
        async with cache.acquire("k") as lock:
            await cache.clear("k")
            await lock.set_result("stale")
        stored.append(await cache.get("k"))
    assert stored == ["stale", None]


@pytest.mark.asyncio
async def test_difference_false_values_are_results(clock):
    computed = []
    for cache in [original(), KeylatchCache()]:
        count = 0
        for _ in range(3):
            async with cache.acquire("k") as lock:
                if not lock.done:
                    count += 1
                    await lock.set_result(0)
        computed.append(count)
    assert computed == [3, 1]


@pytest.mark.asyncio
async def test_difference_a_negative_ttl_is_refused(clock):
    outcomes = []
    for cache in [original(), KeylatchCache()]:
        outcomes.append((await outcome(cache.set("k", "v", -1)), await cache.get("k")))
    assert outcomes == [(None, None), ("CacheError", None)]


@pytest.mark.asyncio
async def test_difference_a_wrong_key_leaves_the_others_alone(clock):
    outcomes = []
    for cache in [original(), KeylatchCache()]:
        try:
            await cache.set(["good", ["bad"]], "v")
        except (TypeError, CacheError):
            pass
        outcomes.append(await cache.get("good"))
    assert outcomes == ["v", None]


@pytest.mark.asyncio
async def test_difference_the_wall_clock_counts(clock):
    # Asleep, a machine's monotonic clock stands still, and the original with it.
    caches = [original(), KeylatchCache()]
    for cache in caches:
        await cache.set("k", "v", 60)
    bridge.ask("clock", clock.milliseconds + 3_600_000)
    assert [await cache.get("k") for cache in caches] == ["v", None]
