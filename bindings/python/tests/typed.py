"""A program that a type checker reads strictly; it is not run."""

from typing import Any

from typing_extensions import assert_type

import flagkit

client = flagkit.Client(file="flags.yaml", start_wait=0.5)
context = flagkit.Context("u-42", country="DE")
new_checkout = flagkit.Flag("new-checkout", default=False)
color = flagkit.Flag("hero-color", "blue", client=client)

assert_type(new_checkout, flagkit.Flag[bool])
assert_type(new_checkout(context), bool)
assert_type(color({"user_id": "u-42"}), str)
assert_type(color.details(), flagkit.Details[str])
assert_type(color.details().value, str)
assert_type(client.flag("limit", 5)(), int)

assert_type(flagkit.is_enabled("new-checkout", {"user_id": "u-42"}), bool)
assert_type(client.string("hero-color"), str)
assert_type(client.string("hero-color", context, "blue"), str)
assert_type(client.string("hero-color", context, None), str | None)
assert_type(client.integer("limit", default=None), int | None)
assert_type(client.number("rate", context, 0.5), float)
assert_type(client.json("layout", context, {}), Any)
assert_type(client.boolean_details("new-checkout", context, False), flagkit.Details[bool])
assert_type(client.view().evaluate_all(context), dict[str, flagkit.Details[Any]])
assert_type(client.view().keys(), list[str])
assert_type(client.status().age, float | None)
assert_type(flagkit.init(url="https://flags.example.com", key="k"), flagkit.Client)


@flagkit.gated("new-checkout", context=context)
def total(price: float) -> float:
    return price


assert_type(total(1.0), float)


async def follow() -> None:
    assert_type(await client.ready(), bool)
    async for change in client.changes():
        assert_type(change.flags, tuple[str, ...])


def told(change: flagkit.Change) -> None:
    print(change.revision)


with client.on_change(told):
    pass
