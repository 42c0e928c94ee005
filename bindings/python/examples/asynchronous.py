"""Following changes and gating functions under asyncio."""

import asyncio

import flagkit

OFF = {"schema": "flagkit/1", "flags": {"greeting": {"enabled": False}}}
ON = {"schema": "flagkit/1", "flags": {"greeting": {"enabled": True, "rollout_percentage": 100}}}

client = flagkit.Client(document=OFF)


async def quiet(name: str) -> str:
    return "…"


@flagkit.gated("greeting", client=client, otherwise=quiet)
async def greet(name: str) -> str:
    return f"hello, {name}"


async def main() -> None:
    assert await client.ready()
    assert await greet("Ada") == "…"
    async with client.changes() as changes:
        client.replace(ON)
        async for change in changes:
            assert change.flags == ("greeting",)
            break
    assert await greet("Ada") == "hello, Ada"
    print("followed a change")


asyncio.run(main())
