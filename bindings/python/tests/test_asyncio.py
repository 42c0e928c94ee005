"""Waiting and following changes without holding up an event loop; listeners; the log."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import weakref

import pytest

import flagkit
from serving import wait_until

EMPTY = {"schema": "flagkit/1", "flags": {}}
ON = {"schema": "flagkit/1", "revision": 3, "flags": {"beta": {"enabled": True, "rollout_percentage": 100}}}


def test_changes_are_an_asynchronous_iterator():
    async def follow():
        client = flagkit.Client(document=EMPTY)
        seen = []
        async with client.changes() as changes:
            client.replace(ON)
            client.replace(EMPTY)
            async for change in changes:
                seen.append(change)
                if len(seen) == 2:
                    break
        return seen

    first, second = asyncio.run(asyncio.wait_for(follow(), 20))
    assert first == (("beta",), 3) and first.flags == ("beta",) and first.revision == 3
    assert second == flagkit.Change(("beta",), None)


def test_waiting_lets_the_loop_run():
    async def wait():
        client = flagkit.Client(url="http://127.0.0.1:9", key="k", start_wait=0, log="off")
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        assert await client.ready(0.3) is False
        assert (await client.flush_async(0.1)).evaluations == 0
        ticking.cancel()
        client.close()
        client.replace(ON)
        assert await client.ready() is True
        return ticks

    assert asyncio.run(asyncio.wait_for(wait(), 20)) > 3


def test_functions_are_gated(client):
    @flagkit.gated("on-for-all", client=client, otherwise=lambda price: -price)
    def new(price):
        return price

    @flagkit.gated("switched-off", client=client, otherwise=lambda price: -price)
    def off(price):
        """Its own words."""
        return price

    @flagkit.gated("switched-off", client=client)
    def nothing(price):
        raise AssertionError("the flag is off")

    assert (new(5), off(5), nothing(5)) == (5, -5, None)
    assert (off.__name__, off.__doc__) == ("off", "Its own words.")


@pytest.mark.parametrize(
    "given",
    [
        {"context": {"plan": "pro", "country": "DE"}},
        {"context": lambda user, context: {"plan": user, "country": context["country"]}},
        {},
    ],
)
def test_a_gate_finds_its_context(client, given):
    @flagkit.gated("new-checkout", client=client, **given)
    def run(user, context):
        return True

    full = {"plan": "pro", "country": "DE"}
    assert run("pro", full) is True
    assert run("pro", context=full) is True
    if "context" not in given:
        assert run("pro", {"plan": "free"}) is None


def test_asynchronous_functions_are_gated(client):
    async def old(price):
        return -price

    @flagkit.gated("on-for-all", client=client, otherwise=old)
    async def new(price):
        return price

    @flagkit.gated("switched-off", client=client, otherwise=old)
    async def off(price):
        return price

    @flagkit.gated("switched-off", client=client, otherwise=lambda price: 0)
    async def plain(price):
        return price

    async def ask():
        return await new(5), await off(5), await plain(5)

    assert asyncio.run(ask()) == (5, -5, 0)


def test_a_listener_is_told_on_a_thread_of_its_own(client):
    told = []
    with client.on_change(lambda change: told.append((change, threading.current_thread().name))):
        client.replace(ON)
        wait_until(lambda: told)
    assert "beta" in told[0][0].flags and told[0][1] == "flagkit-mail"
    client.replace(EMPTY)
    client.replace(ON)
    other = []
    client.on_change(other.append)
    client.replace(EMPTY)
    wait_until(lambda: other)
    assert len(told) == 1


def test_a_listener_that_fails_is_logged_and_others_are_told(client, caplog):
    told = []

    def fail(change):
        raise ValueError("a listener's own")

    client.on_change(fail)
    client.on_change(told.append)
    client.replace(ON)
    wait_until(lambda: told)
    wait_until(lambda: "a listener's own" in caplog.text)


def test_a_client_that_is_gone_has_no_listeners():
    client = flagkit.Client(document=EMPTY)
    client.on_change(print)
    gone = weakref.ref(client)
    del client
    gc.collect()
    assert gone() is None


def test_lines_of_the_log_go_to_logging(tmp_path, caplog, capfd):
    caplog.set_level(logging.INFO, "flagkit")
    path = tmp_path / "flags.yaml"
    path.write_text("schema: flagkit/1\nflags: {beta: {enabled: true}}")
    with flagkit.Client(file=path, log="info") as client:
        path.write_text("flags: [")
        wait_until(lambda: any(record.name == "flagkit" for record in caplog.records))
        assert client.status().last_problem
    record = next(record for record in caplog.records if record.name == "flagkit")
    assert record.levelno == logging.WARNING and "flags" in record.getMessage()
    assert capfd.readouterr().err == ""
