"""Typed calls: values, defaults, details, and that nothing raises."""

from __future__ import annotations

import pytest

import flagkit

PRO = {"user_id": "u-42", "plan": "pro", "country": "DE"}


def test_every_type_has_its_call(client):
    assert client.is_enabled("new-checkout", PRO) is True
    assert client.is_enabled("new-checkout", {"plan": "free"}) is False
    assert client.boolean("on-for-all", PRO, False) is True
    assert client.string("hero-color", PRO, "red") == "blue"
    assert client.integer("checkout-limit", PRO, 1) == 250
    assert client.number("tax-rate", PRO, 0.0) == 0.19
    assert client.json("layout", PRO) == {
        "columns": [1, 2.5, None],
        "title": "Ünïcode",
        "deep": {"on": True},
    }


def test_an_integer_is_a_number_and_nothing_else_is_converted(client):
    assert client.number("checkout-limit") == 250.0
    assert type(client.number("checkout-limit")) is float
    assert client.integer("tax-rate", None, 7) == 7
    assert client.boolean("checkout-limit", None, False) is False
    assert client.integer("on-for-all", None, 7) == 7
    assert client.string("checkout-limit", None, "text") == "text"


@pytest.mark.parametrize("default", [None, "text", 1.5, ["list"], object()])
def test_a_default_comes_back_as_it_is(client, default):
    for call in (client.boolean, client.string, client.integer, client.number, client.json):
        assert call("no-such-flag", PRO, default) is default
        assert call("no-such-flag", PRO, default=default) is default


def test_without_a_default_there_is_one_of_the_type(client):
    assert client.boolean("no-such-flag") is False
    assert client.string("no-such-flag") == ""
    assert client.integer("no-such-flag") == 0
    assert client.number("no-such-flag") == 0.0
    assert client.json("no-such-flag") is None


def test_details_say_why(client):
    found = client.boolean_details("new-checkout", PRO, False)
    assert (found.value, found.enabled, found.reason) == (True, True, "TARGETING_MATCH")
    assert (found.rule, found.error, found.variant) == ("pro-in-europe", None, None)
    assert found.metadata == {"owner": "payments", "tier": 2}
    found = client.string_details("hero-color", PRO, "red")
    assert (found.value, found.variant) == ("blue", "blue")
    assert client.is_enabled_details("switched-off").reason == "DISABLED"


@pytest.mark.parametrize(
    ("key", "default", "error"),
    [("no-such-flag", False, "FLAG_NOT_FOUND"), ("hero-color", True, "TYPE_MISMATCH")],
)
def test_details_name_the_error(client, key, default, error):
    found = client.boolean_details(key, PRO, default)
    assert (found.value, found.reason, found.error) == (default, "ERROR", error)
    assert found.enabled is False


@pytest.mark.parametrize("context", [5, "text", ["list"], object(), b"bytes", 1.5])
def test_a_context_that_is_none_gives_the_default(client, context):
    assert client.is_enabled("on-for-all", context) is False
    assert client.string("hero-color", context, "red") == "red"
    assert client.boolean_details("on-for-all", context, False).error == "INVALID_CONTEXT"
    assert client.evaluate_all(context)["on-for-all"].error == "INVALID_CONTEXT"
    assert "cannot be used" in client.explain("on-for-all", context)


@pytest.mark.parametrize("key", [None, 5, b"on-for-all", ["on-for-all"], "\ud800"])
def test_a_key_that_is_no_text_gives_the_default(client, key):
    assert client.is_enabled(key, PRO) is False
    assert client.integer(key, PRO, 3) == 3
    assert client.json_details(key, PRO, 3).error == "FLAG_NOT_FOUND"


def test_all_flags_at_once_answer_as_one_by_one(client):
    answers = client.evaluate_all(PRO)
    assert sorted(answers) == client.view().keys()
    for key, found in answers.items():
        single = client.json_details(key, PRO, None)
        assert (found.value, found.variant, found.reason) == (
            single.value,
            single.variant,
            single.reason,
        )
        assert found.enabled == client.is_enabled(key, PRO)
        assert found.metadata == single.metadata


def test_an_explanation_names_each_step(client):
    text = client.explain("new-checkout", PRO)
    assert "pro-in-europe" in text and "country is one of" in text


def test_a_view_stays_as_it_is(client):
    view = client.view()
    assert view.revision == 7
    client.replace({"schema": "flagkit/1", "flags": {"on-for-all": {"enabled": False}}})
    assert view.is_enabled("on-for-all") is True
    assert client.is_enabled("on-for-all") is False
    assert view.string("hero-color", PRO, "red") == "blue"
    assert isinstance(view, flagkit.Evaluator) and isinstance(client, flagkit.Evaluator)


def test_a_flag_has_the_type_of_its_default(client):
    assert flagkit.Flag("on-for-all", False, client=client)(PRO) is True
    assert flagkit.Flag("hero-color", "red", client=client)() == "blue"
    assert flagkit.Flag("checkout-limit", 1, client=client)(PRO) == 250
    assert flagkit.Flag("checkout-limit", 1.0, client=client)(PRO) == 250.0
    assert flagkit.Flag("layout", {}, client=client)(PRO)["title"] == "Ünïcode"
    # The default is a boolean, so an integer is none.
    assert flagkit.Flag("checkout-limit", True, client=client)(PRO) is True
    flag = client.flag("no-such-flag", "red")
    assert (flag.key, flag.default, flag()) == ("no-such-flag", "red", "red")
    assert flag.details().error == "FLAG_NOT_FOUND"
    assert flag.is_enabled(PRO) is False
    assert "no-such-flag" in repr(flag)


def test_a_flag_follows_its_client(client):
    flag = client.flag("on-for-all", False)
    assert flag() is True
    client.replace({"schema": "flagkit/1", "flags": {}})
    assert flag() is False
    client.replace({"schema": "flagkit/1", "flags": {"on-for-all": {"enabled": True, "rollout_percentage": 100}}})
    assert flag() is True


def test_keys_beyond_number_are_answered(client):
    for number in range(10_000):
        assert client.is_enabled(f"made-up-{number}") is False
    assert client.is_enabled("on-for-all") is True
    assert client.is_enabled("x" * 10_000) is False


def test_a_half_is_the_half_that_the_hash_says(client):
    # md5("half:u-1")[..4] and so on: the other languages answer the same, which is tested elsewhere;
    # here, that the id of a dict and that of a context are one.
    on = [n for n in range(200) if client.is_enabled("half", {"user_id": f"u-{n}"})]
    assert 60 < len(on) < 140
    assert on == [n for n in range(200) if client.is_enabled("half", flagkit.Context(f"u-{n}"))]
    assert on == [n for n in range(200) if client.is_enabled("half", {"targetingKey": f"u-{n}"})]
