"""What FlagKit answers in Python to a file of questions: `equality.py CASES ANSWERS`.

The form of both files is told in src/cases.rs and src/answers.rs beside this file; values are written
as src/plain.rs says.
"""

import json
import struct
import sys
from typing import Any, BinaryIO, Optional

import flagkit

NONE = object()


class Reader:
    """What is left of the questions."""

    def __init__(self, cases: bytes) -> None:
        self.cases = cases
        self.at = 0

    def take(self, count: int) -> bytes:
        taken = self.cases[self.at : self.at + count]
        self.at += count
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def text(self) -> str:
        return self.take(self.number()).decode()

    def texts(self) -> list:
        return [self.text() for _ in range(self.number())]

    def attribute(self) -> Any:
        kind = self.take(1)
        if kind == b"s":
            return self.text()
        if kind == b"i":
            return struct.unpack("<q", self.take(8))[0]
        if kind == b"d":
            return struct.unpack("<d", self.take(8))[0]
        if kind == b"b":
            return self.take(1) != b"\0"
        if kind == b"l":
            return self.texts()
        if kind == b"j":
            return json.loads(self.text())
        raise ValueError(f"there is no kind {kind!r}")

    def user(self) -> dict:
        return {self.text(): self.attribute() for _ in range(self.number())}


def plain(value: Any) -> str:
    """A value without any spelling of the language's own."""
    if value is None:
        return "null"
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return "d" + bits(value)
    if isinstance(value, str):
        return f"s{len(value.encode())}:{value}"
    if isinstance(value, list):
        return "[" + "".join(map(plain, value)) + "]"
    return "{" + "".join(plain(name) + plain(item) for name, item in value.items()) + "}"


def bits(value: float) -> str:
    return struct.pack(">d", value).hex()


def on(is_enabled: bool) -> str:
    return "on" if is_enabled else "off"


def or_dash(text: Optional[str]) -> str:
    return "-" if text is None else text


def answer(client: flagkit.Client, view: flagkit.View, flag: tuple, user: dict) -> str:
    key, integer, text = flag
    found = view.json_details(key, user, NONE)
    kept = client.json_details(key, client.context(user), NONE)
    if repr(kept) != repr(found):
        raise SystemExit(f"{key}: {kept} with a context that is kept, {found} with a dict")
    line = [
        on(integer.is_enabled(user)),
        "true" if client.boolean(key, user, False) else "false",
        str(integer(user)),
        bits(client.number(key, user, -1.5)),
        text(user),
        on(found.enabled),
        found.reason,
        or_dash(found.error),
        or_dash(found.variant),
        or_dash(found.rule),
        "none" if found.value is NONE else plain(found.value),
    ]
    return "\t".join(line) + "\n"


def answer_case(cases: Reader, answers: BinaryIO) -> None:
    client = flagkit.Client(document=cases.text())
    view = client.view()
    flags = [
        (key, flagkit.Flag(key, -1, client=client), flagkit.Flag(key, "-", client=client))
        for key in cases.texts()
    ]
    for _ in range(cases.number()):
        user = cases.user()
        for flag in flags:
            answers.write(answer(client, view, flag, user).encode())


def main() -> None:
    with open(sys.argv[1], "rb") as file:
        cases = Reader(file.read())
    with open(sys.argv[2], "wb") as answers:
        while cases.at < len(cases.cases):
            answer_case(cases, answers)


if __name__ == "__main__":
    main()
