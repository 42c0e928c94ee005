"""Ten million calls leave nothing behind."""

from __future__ import annotations

import pathlib

import pytest

import flagkit

STATUS = pathlib.Path("/proc/self/statm")
PAGE_BYTES = 4096
ROUNDS = 10
CALLS = 10_000_000
GROWTH_BYTES_MAX = 4_000_000


def resident_bytes() -> int:
    return int(STATUS.read_text().split()[1]) * PAGE_BYTES


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not say how much memory is used")
def test_calls_leave_nothing_behind(client):
    dict_context = {"user_id": "u-42", "plan": "pro", "country": "DE", "list": ["a"], "deep": {"x": 1}}
    context = flagkit.Context("u-42", dict_context)
    new, color = client.flag("new-checkout", False), client.flag("hero-color", "red")
    calls = [
        lambda: new(dict_context),
        lambda: new(context),
        lambda: color(dict_context),
        lambda: client.is_enabled("new-checkout", dict_context),
        lambda: client.boolean("half", {"user_id": "u-7"}, False),
        lambda: client.string("no-such-flag", dict_context, "red"),
        lambda: client.integer("checkout-limit", {"user_id": object()}, 1),
        lambda: client.boolean_details("new-checkout", dict_context, False),
        lambda: client.is_enabled("on-for-all", 5),
        lambda: client.json("layout", dict_context),
    ]
    rare = [lambda: client.evaluate_all(dict_context), client.view, client.status, lambda: flagkit.Context("u", dict_context)]

    def run(count: int) -> None:
        for call in calls:
            for _ in range(count // len(calls)):
                call()
        for call in rare:
            for _ in range(count // 10_000):
                call()

    run(CALLS // ROUNDS)
    before = resident_bytes()
    for _ in range(ROUNDS - 1):
        run(CALLS // ROUNDS)
    assert resident_bytes() - before < GROWTH_BYTES_MAX
