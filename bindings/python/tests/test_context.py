"""What becomes of a dict, and of the values in it."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import types
import uuid

import pytest

import flagkit


class Color(enum.Enum):
    RED = "red"
    SEVEN = 7


class Level(enum.IntEnum):
    HIGH = 9


class Text(str):
    def __str__(self) -> str:
        return "something else"


def holds(condition: str, context: object) -> bool:
    """Whether a condition of one line holds for a context."""
    document = {
        "schema": "flagkit/1",
        "flags": {
            "f": {"enabled": True, "rollout_percentage": 0, "targeting_rules": [{"id": "r", "when": condition}]}
        },
    }
    client = flagkit.Client(document=document)
    assert not client.status().diagnostics, client.status().diagnostics
    return client.is_enabled("f", context)


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ('a == "text"', "text"),
        ('a == "Ünïcode 🎈"', "Ünïcode 🎈"),
        ('a == "text"', Text("text")),
        ("a == true", True),
        ("a == 1", 1),
        ("a == 1", 1.0),
        ("a == 18446744073709551615", 2**64 - 1),
        ("a > 1.5", 2**70),
        ("a == 0.25", 0.25),
        ('a == "red"', Color.RED),
        ("a == 7", Color.SEVEN),
        ("a == 9", Level.HIGH),
        ("a == 0.25", decimal.Decimal("0.25")),
        ("a == 12", decimal.Decimal("12.0")),
        ("a == 0.5", fractions.Fraction(1, 2)),
        ('a == "6ba7b810-9dad-11d1-80b4-00c04fd430c8"', uuid.UUID("6BA7B810-9DAD-11D1-80B4-00C04FD430C8")),
        ('a == "2026-12-01"', datetime.date(2026, 12, 1)),
        ('a == "2026-12-01T08:00:00Z"', datetime.datetime(2026, 12, 1, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))),
        ('a after "2026-01-01T00:00:00Z"', datetime.datetime(2026, 12, 1, tzinfo=datetime.timezone.utc)),
        ('a contains "x"', ["x", "y"]),
        ('a contains "x"', ("x", "y")),
        ('a contains "x"', {"x"}),
        ('a contains "x"', frozenset(["x"])),
        ('a.b == "x"', {"b": "x"}),
        ('a.b.c == "x"', {"b": {"c": "x"}}),
        ('a.b == "x"', types.MappingProxyType({"b": "x"})),
    ],
)
def test_a_value_is_what_it_stands_for(condition, value):
    assert holds(condition, {"a": value}) is True
    assert holds(condition, flagkit.Context("u-1", {"a": value})) is True


@pytest.mark.parametrize(
    "value",
    [None, object(), b"text", lambda: 1, datetime.datetime(2026, 12, 1), decimal.Decimal("NaN"), "\ud800", 10**400],
)
def test_what_has_no_place_is_absent(value):
    assert holds("a not_exists", {"a": value}) is True
    assert holds("a not_exists", flagkit.Context("u-1", {"a": value})) is True


def test_a_boolean_is_no_integer():
    assert holds("a == 1", {"a": True}) is False
    assert holds("a == true", {"a": 1}) is False


def test_numbers_of_numpy_are_numbers():
    numpy = pytest.importorskip("numpy")
    assert holds("a == 5", {"a": numpy.int64(5)})
    assert holds("a == 0.5", {"a": numpy.float32(0.5)})
    assert holds("a == 0.5", {"a": numpy.float64(0.5)})
    assert holds("a == true", {"a": numpy.bool_(True)})
    assert holds('a == "x"', {"a": numpy.str_("x")})
    assert holds('a contains "x"', {"a": numpy.array(["x", "y"])})


def test_any_mapping_is_a_context():
    on = 'plan == "pro"'
    assert holds(on, collections.OrderedDict(plan="pro"))
    assert holds(on, collections.ChainMap({"x": 1}, {"plan": "pro"}))
    assert holds(on, types.MappingProxyType({"plan": "pro"}))
    assert holds(on, collections.defaultdict(str, plan="pro"))



def test_only_what_the_rules_mention_is_read():
    class Refuses:
        def __getattr__(self, name):
            raise AssertionError("nobody asked for it")

        def __str__(self):
            raise AssertionError("nobody asked for it")

    assert holds('plan == "pro"', {"plan": "pro", "other": Refuses(), "more": [Refuses()]})


def test_values_that_raise_are_absent():
    class Raises:
        @property
        def dtype(self):
            raise RuntimeError("broken")

    class Unequal:
        def __hash__(self):
            return hash("a")

        def __eq__(self, other):
            raise RuntimeError("broken")

    assert holds("a not_exists", {"a": Raises()}) is True
    assert holds("a not_exists", {Unequal(): 1}) is True
    assert holds('plan == "pro"', {5: 1, None: 2, ("a",): 3, "plan": "pro"}) is True


def test_values_that_contain_themselves_end():
    loop: dict = {"plan": "pro"}
    loop["self"] = loop
    many: list = ["x"]
    many.append(many)
    assert holds('plan == "pro"', loop) is True
    assert holds('self.self.self.plan == "pro"', loop) is True
    assert holds('a contains "x"', {"a": many}) is True
    assert flagkit.Context("u-1", loop) is not None
    client = flagkit.Client(document={"schema": "flagkit/1", "flags": {}})
    assert client.context(loop) is not None


def test_a_dict_that_changes_while_it_is_read_is_read(client):
    class Grows:
        def __init__(self, owner):
            self.owner = owner

        @property
        def dtype(self):
            for place in range(100):
                self.owner[f"new-{place}-{len(self.owner)}"] = place
            raise AttributeError

    context: dict = {"a": 1, "plan": "pro", "country": "DE"}
    context["grows"] = Grows(context)
    context["list"] = [Grows(context)]
    assert client.is_enabled("new-checkout", context)
    assert client.explain("new-checkout", context)
    assert client.evaluate_all(context)["new-checkout"].value is True
    assert flagkit.Context("u-1", context).targeting_key == "u-1"
    assert client.is_enabled("new-checkout", client.context(context))


def test_an_evaluation_inside_of_an_evaluation_answers(client):
    class Asks:
        def __init__(self):
            self.answers = []

        @property
        def dtype(self):
            self.answers.append(client.is_enabled("on-for-all", {"user_id": "u-1"}))
            raise AttributeError

    asks = Asks()
    assert client.is_enabled("new-checkout", {"plan": asks, "country": "DE"}) is False
    assert asks.answers and all(asks.answers)


def test_a_context_has_a_key_and_attributes():
    context = flagkit.Context("u-42", {"plan": "pro"}, country="DE")
    assert context.targeting_key == "u-42"
    assert context == flagkit.Context("u-42", country="DE", plan="pro")
    assert "plan" in repr(context)
    assert flagkit.Context().targeting_key is None
    assert flagkit.Context(42).targeting_key == "42"
    with pytest.raises(TypeError, match="targeting key"):
        flagkit.Context({"user_id": "u-42"})
    with pytest.raises(TypeError, match="mapping"):
        flagkit.Context("u-42", 5)


def test_a_client_reads_contexts_once(client):
    context = client.context({"user_id": "u-42", "plan": "pro", "country": "FR"})
    assert client.is_enabled("new-checkout", context)
    with pytest.raises(flagkit.ConfigurationError):
        client.context(5)
