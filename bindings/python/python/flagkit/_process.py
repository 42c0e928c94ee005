"""The flags of the process: one client, and its calls as functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _mail, _workers
from ._client import Client

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._flagkit import _Settings


class _ProcessClient(Client):
    """The client of the process, which is there before anybody says where flags come from."""

    def __new__(cls) -> _ProcessClient:
        return super().__new__(cls, of_process=True)  # type: ignore[return-value]

    def __init__(self) -> None:
        super().__init__(document="")


_CLIENT: Client = _ProcessClient()

is_enabled = _CLIENT.is_enabled
is_enabled_details = _CLIENT.is_enabled_details
boolean = _CLIENT.boolean
boolean_details = _CLIENT.boolean_details
string = _CLIENT.string
string_details = _CLIENT.string_details
integer = _CLIENT.integer
integer_details = _CLIENT.integer_details
number = _CLIENT.number
number_details = _CLIENT.number_details
json = _CLIENT.json
json_details = _CLIENT.json_details
evaluate_all = _CLIENT.evaluate_all
evaluate_column = _CLIENT.evaluate_column
explain = _CLIENT.explain
view = _CLIENT.view
context = _CLIENT.context
on_change = _CLIENT.on_change
status = _CLIENT.status
metrics = _CLIENT.metrics
flush = _CLIENT.flush
wait_ready = _CLIENT.wait_ready
close = _CLIENT.close


def client() -> Client:
    """The client of the process, for everything that is not a function here."""
    return _CLIENT


def init(**settings: Unpack[_Settings]) -> Client:
    """Loads the flags of the process and keeps them up to date; returns its client.

    `file="flags.yaml"`, `url="https://flags.example.com", key="…"`, or nothing for what the variables
    `FLAGKIT_…` of the environment say. All arguments are those of `Client`.

    Raises `ConfigurationError` for what cannot work, and if it has been called before and `close`
    has not. A server that does not answer is no error: evaluations return the defaults of their
    callers until it does.
    """
    _mail.begin()
    _CLIENT._begin(**settings)
    _workers.add(_CLIENT)
    return _CLIENT
