"""keylatch's InMemoryCache behind the interface of ACA-Py's, by way of a process that runs it.

As a plugin of pytest (`-p keylatch_bridge`) it takes the original's place before the tests are imported.
"""

import asyncio
import itertools
import json
import subprocess
import threading
import weakref
from concurrent.futures import Future
from pathlib import Path

from acapy_agent.cache import in_memory
from acapy_agent.cache.base import CacheError

MISSING = {"missing": True}


def outgoing(value):
    """None is Python's word for a missing value."""
    return MISSING if value is None else value


def incoming(value):
    return None if value == MISSING else value


class Bridge:
    """The process, and the requests that it has not answered."""

    def __init__(self):
        script = Path(__file__).with_name("bridge.mjs")
        self.process = subprocess.Popen(
            ["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.numbers = itertools.count()
        self.waiting = {}
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            number, value, *error = json.loads(line)
            future = self.waiting.pop(number)
            if not future.set_running_or_notify_cancel():
                continue
            if error:
                code, message = error[0]
                future.set_exception(CacheError(message, error_code=code))
            else:
                future.set_result(value)
        for future in self.waiting.values():
            future.set_exception(RuntimeError(f"bridge.mjs ended with {self.process.wait()}"))

    def send(self, name, *arguments):
        number, future = next(self.numbers), Future()
        self.waiting[number] = future
        self.process.stdin.write(json.dumps([number, name, *arguments]) + "\n")
        self.process.stdin.flush()
        return future

    def ask(self, name, *arguments):
        """For what is no coroutine in Python: the answer, at once."""
        return self.send(name, *arguments).result(timeout=10)

    async def call(self, name, *arguments):
        return await asyncio.wrap_future(self.send(name, *arguments))


bridge = Bridge()


class Entries:
    """What the tests expect of the original's private dictionary of entries."""

    def __init__(self, cache):
        self.cache = cache

    def __getitem__(self, key):
        value = bridge.ask("get", self.cache.number, key)
        if value == MISSING:
            raise KeyError(key)
        return {"value": value}

    def __eq__(self, other):
        keys = [key for key in self.cache.keys if bridge.ask("get", self.cache.number, key) != MISSING]
        return {key: self[key] for key in keys} == other


class KeyLocks:
    """What the tests expect of the original's private dictionary of locks."""

    def __init__(self, cache):
        self.cache = cache

    def __contains__(self, key):
        return bridge.ask("isLocked", self.cache.number, key)


class KeylatchCache:
    """An InMemoryCache of keylatch."""

    # In milliseconds. The original's locks have none: they are held for as long as it takes.
    lease = 30_000

    def __init__(self):
        self.number = bridge.ask("make")
        self.keys = set()
        self.locks = weakref.WeakValueDictionary()
        self._cache = Entries(self)
        self._key_locks = KeyLocks(self)

    async def get(self, key):
        return incoming(await bridge.call("get", self.number, key))

    async def set(self, keys, value, ttl=None):
        keys = [keys] if isinstance(keys, str) else list(keys)
        self.keys.update(keys)
        await bridge.call("set", self.number, keys, outgoing(value), outgoing(ttl))

    async def clear(self, key):
        await bridge.call("clear", self.number, key)

    async def flush(self):
        await bridge.call("flush", self.number)

    def acquire(self, key):
        number, parent = bridge.ask("acquire", self.number, key, self.lease)
        self.keys.add(key)
        lock = KeylatchLock(number, self.locks.get(parent))
        self.locks[number] = lock
        return lock


class KeylatchLock:
    """A CacheKeyLock of keylatch."""

    def __init__(self, number, parent):
        self.number = number
        self.parent = parent
        self.exception = None

    @property
    def done(self):
        return bridge.ask("state", self.number)[0]

    @property
    def result(self):
        return incoming(bridge.ask("state", self.number)[1])

    @property
    def released(self):
        return bridge.ask("state", self.number)[2]

    @property
    def future(self):
        future = asyncio.get_event_loop().create_future()
        if self.done:
            future.set_result(self.result)
        return future

    async def set_result(self, value, ttl=None):
        await bridge.call("setResult", self.number, outgoing(value), outgoing(ttl))

    def release(self):
        bridge.ask("release", self.number)

    def __await__(self):
        return (yield from self.wait().__await__())

    async def wait(self):
        return incoming(await bridge.call("future", self.number))

    async def __aenter__(self):
        try:
            await bridge.call("enter", self.number)
        except asyncio.CancelledError:
            # What a signal is for in JavaScript.
            self.release()
            raise
        return self

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        if exc_val:
            self.exception = exc_val
        await bridge.call("exit", self.number, outgoing(exc_val and str(exc_val)))


original = in_memory.InMemoryCache


def pytest_configure():
    in_memory.InMemoryCache = KeylatchCache
