"""Children of `multiprocessing` and of Celery: they end by `os._exit`, past everything that runs at
the end of a process. What they have counted is delivered by what they do run.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from typing import Any

from . import _flagkit

_CLIENTS: weakref.WeakSet[_flagkit.Client] = weakref.WeakSet()


def add(client: _flagkit.Client) -> None:
    """A client that may have something to deliver."""
    _CLIENTS.add(client)


def _deliver(**_: Any) -> None:
    end = time.monotonic() + _END_SECONDS
    for client in list(_CLIENTS):
        client.flush(max(0.0, end - time.monotonic()))


def _begin_in_worker(_: Any = None) -> None:
    """Whoever makes workers forgets what was to be done at their end, and calls this afterwards."""
    for name in _MAKERS:
        util = sys.modules.get(name)
        if util is not None:
            util.Finalize(None, _deliver, exitpriority=0)


def _register() -> None:
    for name in _MAKERS:
        util = sys.modules.get(name)
        if util is not None:
            util.register_after_fork(_begin_in_worker, _begin_in_worker)
    signals = sys.modules.get("celery.signals")
    if signals is not None:
        signals.worker_process_shutdown.connect(_deliver, weak=False, dispatch_uid=__name__)


# The makers of workers that tell them of their end in this way; Celery's do by a signal.
_MAKERS = ("multiprocessing.util",)
# How long the end of a worker is held up.
_END_SECONDS = 2.0

# Here for a worker that is a program of its own; after a fork for one that is not.
_register()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_register)
