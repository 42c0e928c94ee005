"""Unleash's server SDK for Python."""

import asyncio
import tempfile
import threading

from UnleashClient import AsyncUnleashClient, UnleashClient
from UnleashClient.cache import FileCache
from UnleashClient.events import UnleashEventType

import conversation

options = conversation.options(["polling", "streaming", "bootstrap", "asyncio"])
headers = {"Authorization": options.key}


def settings(folder):
    return {
        "url": f"{options.url}/api",
        "app_name": "flagkit-sdks",
        "custom_headers": headers,
        "refresh_interval": 1,
        # Questions about flags that do not exist are a part of the table.
        "verbose_log_level": 0,
        "metrics_interval": 1,
        # The default is a folder of the user, where flags of another server may lie.
        "cache_directory": folder,
    }


def answers(client):
    def answer(question):
        flag, context = question["flag"], question["context"]
        if question["type"] == "enabled":
            return {"value": client.is_enabled(flag, context)}
        variant = client.get_variant(flag, context)
        fields = ["name", "enabled", "feature_enabled", "payload"]
        return {"value": {field: variant.get(field) for field in fields}}

    return answer


def follow(folder):
    """The client with threads of its own, which polls or listens."""
    ready = threading.Event()

    def listen(event):
        if event.event_type == UnleashEventType.READY:
            ready.set()

    streams = options.mode == "streaming"
    mode = {"type": "streaming" if streams else "polling"}
    client = UnleashClient(
        **settings(folder),
        cache=bootstrapped(folder) if options.mode == "bootstrap" else None,
        event_callback=listen,
        experimental_mode=mode,
    )
    if options.mode == "bootstrap" and not client.feature_definitions():
        raise ValueError("the SDK has no flags from the start")
    client.initialize_client()
    if not ready.wait(timeout=30):
        raise TimeoutError("the SDK has no flags after 30 seconds")
    conversation.hold("UnleashClient", answers(client), client.destroy)


def bootstrapped(folder):
    """Flags that are there before the SDK has asked for any."""
    cache = FileCache("flagkit-sdks", directory=folder)
    cache.bootstrap_from_url(f"{options.url}/api/client/features", headers=headers)
    return cache


def follow_in_loop(folder):
    """The client that lives in an event loop."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def run(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=30)

    async def made():
        client = AsyncUnleashClient(**settings(folder))
        await client.initialize_client()
        return client

    client = run(made())
    answer = answers(client)

    async def answered(question):
        return answer(question)

    conversation.hold(
        "UnleashClient",
        lambda question: run(answered(question)),
        lambda: run(client.destroy()),
    )


with tempfile.TemporaryDirectory() as folder:
    (follow_in_loop if options.mode == "asyncio" else follow)(folder)
