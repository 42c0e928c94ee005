"""Clients, with what asyncio and callbacks need."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Optional, TypeVar

from . import _flagkit, _mail, _workers
from ._mail import Change

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._flagkit import _Settings

_T = TypeVar("_T")


class Subscription:
    """A listener that is told of changes until this is closed, or the client is gone.

    As a context manager it is closed at the end of the block.
    """

    def __init__(self, client: Client, callback: Callable[[Change], object]) -> None:
        self._client: Optional[Client] = client
        self._listener = _mail.Listener(client._subscribe, lambda change: _ignore(callback(change)))
        client._subscriptions.add(self)

    def close(self) -> None:
        """The listener is not called any more; a call that is running is not waited for."""
        self._listener.close()
        client, self._client = self._client, None
        if client is not None:
            client._subscriptions.discard(self)

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Changes:
    """Changes of flags as an asynchronous iterator: `async for change in client.changes()`.

    What changes between two steps waits. As an asynchronous context manager it stops collecting
    at the end of the block; otherwise when it is forgotten.
    """

    def __init__(self, client: Client) -> None:
        self._queue: asyncio.Queue[Change] = asyncio.Queue()
        loop, put = asyncio.get_running_loop(), self._queue.put_nowait

        def tell(change: Change) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(put, change)

        self._listener = _mail.Listener(client._subscribe, tell)
        # Changes come from a client that somebody keeps.
        self._client = client

    def __aiter__(self) -> Changes:
        return self

    async def __anext__(self) -> Change:
        return await self._queue.get()

    async def __aenter__(self) -> Changes:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is collected any more."""
        self._listener.close()


class Client(_flagkit.Client):
    """Flags of one source, kept fresh.

    Opens as the arguments say and, where they say nothing, the variables `FLAGKIT_…` of the
    environment. With `file`, `url`, `source` or a variable it follows a source; with `document` it
    has the flags of that text. Raises `ConfigurationError` for what cannot work; a server that does
    not answer is no error.
    """

    def __init__(self, **settings: Unpack[_Settings]) -> None:
        self._subscriptions: set[Subscription] = set()
        if settings.get("document") is None:
            _mail.begin()
            _workers.add(self)

    def flag(self, key: str, default: _T) -> _flagkit.Flag[_T]:
        """A flag of this client, of the type of its default, to be called with contexts."""
        return _flagkit.Flag(key, default, client=self)

    def on_change(self, callback: Callable[[Change], object]) -> Subscription:
        """Calls `callback` after every change of flags, on a thread of its own.

        It may evaluate flags. What it raises is logged. It is told until the subscription is closed.
        """
        return Subscription(self, callback)

    def changes(self) -> Changes:
        """Every change from now on: `async for change in client.changes()`."""
        return Changes(self)

    async def ready(self, timeout: float = 30.0) -> bool:
        """Waits for the first flags, at most so many seconds; whether they are there."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while not self.is_ready:
            left = end - loop.time()
            if left <= 0:
                return False
            # In small pieces, so that a program that ends need not wait for all of it.
            await asyncio.to_thread(self.wait_ready, min(left, _PIECE_SECONDS))
        return True

    async def flush_async(self, timeout: float = 2.0) -> _flagkit.Delivered:
        """`flush` without holding up the event loop."""
        return await asyncio.to_thread(self.flush, timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client cannot be pickled: open one in each process, or fork")


def _ignore(_: object) -> None:
    return None


# How long a thread of asyncio's is held at a time.
_PIECE_SECONDS = 0.25
