"""keylatch's InMemoryCache behind the interface of ACA-Py's, by way of a process that runs it.

As a plugin of pytest (`-p keylatch_bridge`) it takes the original's place before the tests are imported.
"""

import asyncio
import itertools
import json
import math
import subprocess
import threading
import time
import weakref
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from acapy_agent.cache import in_memory
from acapy_agent.cache.base import BaseCache, CacheError

# A value on its way: [] if it is missing, [value] in JSON, [None, number] for an object that stays here.
Wire = list[Any]

# The objects that stay here, by number.
references: list[Any] = []


def survives(value: Any, depth: int = 50) -> bool:
    """Whether a value comes back from JavaScript equal, and of the same types."""
    kind = type(value)
    if kind is int:
        return bool(abs(value) < 2**53)
    if kind is float:
        # JavaScript writes 1.0 as 1.
        return math.isfinite(value) and not value.is_integer()
    if kind is dict:
        return all(type(name) is str for name in value) and survives(list(value.values()), depth)
    if kind is list:
        # What goes deeper may have no end.
        return depth > 0 and all(survives(each, depth - 1) for each in value)
    return value is None or kind in (str, bool)


def outgoing(value: Any) -> Wire:
    """None is Python's word for a missing value."""
    if value is None:
        return []
    if survives(value):
        return [value]
    references.append(value)
    return [None, len(references) - 1]


def incoming(wire: Wire) -> Any:
    if len(wire) == 2:
        return references[wire[1]]
    return wire[0] if wire else None


class Bridge:
    """The process, and the requests that it has not answered."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("bridge.mjs")
        self.process = subprocess.Popen(
            ["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.numbers = itertools.count()
        self.waiting: dict[int, Future[Any]] = {}
        # How often a cache was used; that it was made is not enough.
        self.uses = 0
        # For how long this program has stood still for answers, in seconds.
        self.paused = 0.0
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        for line in self.process.stdout or ():
            number, value, *error = json.loads(line)
            future = self.waiting.pop(number)
            if not future.set_running_or_notify_cancel():
                continue
            if error:
                code, message = error[0]
                future.set_exception(CacheError(message, error_code=code) if code else RuntimeError(message))
            else:
                future.set_result(value)
        for future in self.waiting.values():
            future.set_exception(RuntimeError(f"bridge.mjs ended with {self.process.wait()}"))

    def send(self, name: str, *arguments: Any) -> Future[Any]:
        number, future = next(self.numbers), Future[Any]()
        self.waiting[number] = future
        self.uses += name != "make"
        moment = (time.time() - self.paused) * 1000
        assert self.process.stdin
        self.process.stdin.write(json.dumps([number, moment, name, *arguments], allow_nan=False) + "\n")
        self.process.stdin.flush()
        return future

    def ask(self, name: str, *arguments: Any) -> Any:
        """For what is no coroutine in Python: the answer, at once."""
        begun = time.perf_counter()
        try:
            return self.send(name, *arguments).result(timeout=10)
        finally:
            self.paused += time.perf_counter() - begun

    async def call(self, name: str, *arguments: Any) -> Any:
        return await asyncio.wrap_future(self.send(name, *arguments))


bridge = Bridge()


class Entries(Mapping[str, dict[str, Any]]):
    """What the tests expect of the original's private dictionary of entries."""

    def __init__(self, cache: "KeylatchCache") -> None:
        self.cache = cache

    def __getitem__(self, key: str) -> dict[str, Any]:
        wire = bridge.ask("get", self.cache.number, key)
        if not wire:
            raise KeyError(key)
        return {"value": incoming(wire)}

    def __iter__(self) -> Iterator[str]:
        return (key for key in self.cache.keys if bridge.ask("get", self.cache.number, key))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class KeyLocks:
    """What the tests expect of the original's private dictionary of locks."""

    def __init__(self, cache: "KeylatchCache") -> None:
        self.cache = cache

    def __contains__(self, key: str) -> bool:
        return bool(bridge.ask("isLocked", self.cache.number, key))


class KeylatchCache(BaseCache):
    """An InMemoryCache of keylatch."""

    # In milliseconds. The original's locks have none: they are held for as long as it takes.
    lease = 30_000

    def __init__(self) -> None:
        super().__init__()
        self.number = bridge.ask("make")
        self.keys: set[str] = set()
        self.locks: weakref.WeakValueDictionary[int, KeylatchLock] = weakref.WeakValueDictionary()
        self._cache = Entries(self)
        self._key_locks = KeyLocks(self)

    async def get(self, key: str) -> Any:
        return incoming(await bridge.call("get", self.number, key))

    async def set(self, keys: str | Iterable[str], value: Any, ttl: float | None = None) -> None:
        keys = [keys] if isinstance(keys, str) else list(keys)
        await bridge.call("set", self.number, keys, outgoing(value), ttl)
        self.keys.update(keys)

    async def clear(self, key: str) -> None:
        await bridge.call("clear", self.number, key)

    async def flush(self) -> None:
        await bridge.call("flush", self.number)

    def acquire(self, key: str) -> "KeylatchLock":
        number, parent = bridge.ask("acquire", self.number, key, self.lease)
        self.keys.add(key)
        lock = KeylatchLock(self, key, number, self.locks.get(parent))
        self.locks[number] = lock
        return lock

    def release(self, key: str) -> None:
        bridge.ask("releaseKey", self.number, key)


class KeylatchLock:
    """A CacheKeyLock of keylatch."""

    def __init__(self, cache: KeylatchCache, key: str, number: int, parent: "KeylatchLock | None") -> None:
        self.cache = cache
        self.key = key
        self.number = number
        self.parent = parent
        self.exception: BaseException | None = None

    @property
    def done(self) -> bool:
        return bridge.ask("state", self.number)[0]

    @property
    def result(self) -> Any:
        return incoming(bridge.ask("state", self.number)[1])

    @property
    def released(self) -> bool:
        return bridge.ask("state", self.number)[2]

    @property
    def future(self) -> asyncio.Future[Any]:
        if not self.done:
            return asyncio.ensure_future(self.wait())
        future = asyncio.get_event_loop().create_future()
        future.set_result(self.result)
        return future

    async def set_result(self, value: Any, ttl: float | None = None) -> None:
        await bridge.call("setResult", self.number, outgoing(value), ttl)

    def release(self) -> None:
        bridge.ask("release", self.number)

    def __await__(self) -> Generator[Any, None, Any]:
        return (yield from self.wait().__await__())

    async def wait(self) -> Any:
        return incoming(await bridge.call("future", self.number))

    async def __aenter__(self) -> "KeylatchLock":
        try:
            await bridge.call("enter", self.number)
        except asyncio.CancelledError:
            # What a signal is for in JavaScript.
            self.release()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.exception = error or self.exception
        await bridge.call("exit", self.number, error and str(error))


original = in_memory.InMemoryCache


def pytest_configure() -> None:
    def refuse(self: BaseCache) -> None:
        raise AssertionError("a test has got hold of the original cache")

    in_memory.InMemoryCache = KeylatchCache
    original.__init__ = refuse


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Notes in pytest's report how often a test has used a cache."""
    before = bridge.uses
    try:
        return (yield)
    finally:
        item.user_properties += [("id", item.nodeid), ("uses", bridge.uses - before)]
