"""For pytest: flags that serve what a test wants, and what documents say again afterwards.

    @pytest.mark.flags(beta=True)
    @pytest.mark.flags({"hero-color": "red"})
    def test_checkout(): ...

    def test_checkout(flags):
        flags.set("new-checkout", True)

It holds on every thread, for the flags of the process; `flags.set(…, client=client)` is for those of
a client. No flags need to be loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import _flagkit
from ._process import client as _of_process


class Flags:
    """What flags serve during a test."""

    def __init__(self) -> None:
        self._kept: list[tuple[_flagkit.Client, str]] = []

    def set(self, key: str, value: Any, *, client: _flagkit.Client | None = None) -> None:
        """The flag serves this value to everyone; `True` and `False` switch it on and off."""
        chosen = _of_process() if client is None else client
        chosen.override_flag(key, value)
        self._kept.append((chosen, key))

    def update(self, *flags: dict[str, Any], **more: Any) -> None:
        """Several at once."""
        for given in (*flags, more):
            for key, value in given.items():
                self.set(key, value)

    def clear(self) -> None:
        """All flags serve what documents say."""
        while self._kept:
            client, key = self._kept.pop()
            client.restore_flag(key)


@pytest.fixture
def flags(_flags_of_test: Flags) -> Flags:
    """Flags that serve what this test wants: `flags.set("new-checkout", True)`."""
    return _flags_of_test


@pytest.fixture(autouse=True)
def _flags_of_test(request: pytest.FixtureRequest) -> Iterator[Flags]:
    flags = Flags()
    try:
        # The mark that is nearest to the test has the last word.
        for mark in reversed(list(request.node.iter_markers("flags"))):
            flags.update(*mark.args, **mark.kwargs)
        yield flags
    finally:
        flags.clear()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "flags({key: value}, key=value): what flags serve during the test"
    )
