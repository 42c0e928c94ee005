"""The thread that tells Python what the native threads have to say.

Native threads never enter Python. They leave changes and lines of the log in a mailbox, and this
thread fetches them: it calls listeners, and writes lines to the logger `flagkit`. It exists from
the first client or listener on, in each process, and ends with the interpreter.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple, Optional

from ._flagkit import mended_mail, next_mail, wake_mail

_LOGGER = logging.getLogger("flagkit")
_LEVELS = {"warn": logging.WARNING, "info": logging.INFO}


class Change(NamedTuple):
    """What changed when other flags were published."""

    flags: tuple[str, ...]
    """The keys of flags that are new, different or gone, sorted."""
    revision: Optional[int]
    """The revision of the new document, where its flag management system counts."""


class Listener:
    """Somebody who is told of changes; nobody any more once it is closed or forgotten."""

    __slots__ = ("__weakref__", "_call", "_native", "number")

    def __init__(self, subscribe: Callable[[int], Any], call: Callable[[Change], None]) -> None:
        self._call = call
        self.number = _STATE.add(self)
        self._native = subscribe(self.number)
        begin()

    def tell(self, change: Change) -> None:
        self._call(change)

    def close(self) -> None:
        _STATE.listeners.pop(self.number, None)
        self._native.close()


class Watcher:
    """Something to look at about once a second, until it is closed or forgotten."""

    __slots__ = ("__weakref__", "_look", "_next")

    def __init__(self, look: Callable[[], None]) -> None:
        self._look: Optional[Callable[[], None]] = look
        # Whoever watches has just looked.
        self._next = time.monotonic() + _LOOK_SECONDS / 2
        _STATE.watchers.add(self)
        begin()
        wake_mail()

    def look(self) -> None:
        look = self._look
        if look is not None and time.monotonic() >= self._next:
            look()

    def close(self) -> None:
        self._look = None
        _STATE.watchers.discard(self)


class _State:
    """What this process has of its own."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.thread: Optional[threading.Thread] = None
        self.is_over = False
        self.last_number = 0
        self.listeners: weakref.WeakValueDictionary[int, Listener] = weakref.WeakValueDictionary()
        self.watchers: weakref.WeakSet[Watcher] = weakref.WeakSet()

    def add(self, listener: Listener) -> int:
        with self.lock:
            self.last_number += 1
            self.listeners[self.last_number] = listener
            return self.last_number


_STATE = _State()


def begin() -> None:
    """Starts the thread, unless it runs or the interpreter is about to end."""
    with _STATE.lock:
        if _STATE.is_over or (_STATE.thread is not None and _STATE.thread.is_alive()):
            return
        thread = threading.Thread(target=_run, name="flagkit-mail", daemon=True)
        try:
            with _real_threads():
                thread.start()
        except RuntimeError:
            return  # Too late: no threads are started any more.
        _STATE.thread = thread


def _run() -> None:
    while not _STATE.is_over:
        _deliver(next_mail(_LOOK_SECONDS if _STATE.watchers else _PATIENCE_SECONDS))
        for watcher in list(_STATE.watchers):
            _tell(watcher.look)


def _deliver(letters: list[tuple[Optional[int], str, list[str], Optional[int]]]) -> None:
    for number, kind, texts, revision in letters:
        if number is None:
            _LOGGER.log(_LEVELS[kind], "%s", texts[0])
            continue
        listener = _STATE.listeners.get(number)
        if listener is not None:
            change = Change(tuple(texts), revision)
            _tell(functools.partial(listener.tell, change))


def _tell(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:
        _LOGGER.exception("a listener for changes of flags failed")


class _real_threads:
    """Lets a thread be one of the system's where gevent makes threads something else.

    This thread waits in native code, which would hold up everything that runs on gevent's loop.
    """

    def __enter__(self) -> None:
        monkey = sys.modules.get("gevent.monkey")
        self._patched = getattr(threading, "_start_new_thread", None)
        if monkey is not None and monkey.is_module_patched("threading"):
            original = monkey.get_original("_thread", "start_new_thread")
            threading._start_new_thread = original  # type: ignore[attr-defined]

    def __exit__(self, *_: object) -> None:
        if self._patched is not None:
            threading._start_new_thread = self._patched  # type: ignore[attr-defined]


def _end() -> None:
    """The interpreter is about to end: nothing of ours may wait for it then."""
    _STATE.is_over = True
    thread = _STATE.thread
    wake_mail()
    if thread is not None and thread is not threading.current_thread():
        thread.join(_END_SECONDS)
    for number, kind, texts, _ in next_mail(0.0):
        if number is None:
            _LOGGER.log(_LEVELS[kind], "%s", texts[0])


def _begin_in_child() -> None:
    """A child process has the listeners of its parent, and none of its threads."""
    mended_mail()
    was_running = _STATE.thread is not None
    _STATE.lock = threading.Lock()
    _STATE.thread = None
    if was_running:
        begin()


# How long one look into the mailbox takes if nothing comes, and if there is something to watch.
_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 1.0
# How long the end of the interpreter waits for a listener that is running.
_END_SECONDS = 2.0

atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)
