"""Every dialect by its name, and contexts in a vendor's own words."""

from __future__ import annotations

import json

import pytest

import flagkit

UNLEASH = {
    "version": 2,
    "features": [
        {
            "name": "beta",
            "enabled": True,
            "strategies": [
                {
                    "name": "default",
                    "parameters": {},
                    "constraints": [{"contextName": "plan", "operator": "IN", "values": ["pro"]}],
                },
                {"name": "userWithId", "parameters": {"userIds": "u-7"}},
            ],
        }
    ],
}
LAUNCHDARKLY = {
    "flags": {
        "beta": {
            "key": "beta",
            "version": 1,
            "on": True,
            "prerequisites": [],
            "targets": [],
            "rules": [
                {
                    "id": "r",
                    "variation": 0,
                    "clauses": [
                        {"contextKind": "company", "attribute": "plan", "op": "in", "values": ["pro"], "negate": False}
                    ],
                }
            ],
            "fallthrough": {"variation": 1},
            "offVariation": 1,
            "variations": [True, False],
            "salt": "s",
        }
    },
    "segments": {},
}


def test_all_dialects_have_a_name():
    assert len(flagkit.DIALECTS) == 15
    assert {"native", "unleash", "launchdarkly", "flagd", "go-feature-flag"} <= set(flagkit.DIALECTS)
    for dialect in flagkit.DIALECTS:
        # A document that is none of its own is refused as such; the name is known.
        try:
            flagkit.Client(document="{}", dialect=dialect)
        except flagkit.ConfigurationError as error:
            assert "dialect" not in str(error)


def test_a_dict_is_in_the_words_of_the_vendor():
    client = flagkit.Client(document=UNLEASH, dialect="unleash")
    assert client.status().dialect == "unleash"
    assert client.is_enabled("beta", {"userId": "u-7"})
    assert client.is_enabled("beta", {"userId": "u-1", "properties": {"plan": "pro"}})
    assert not client.is_enabled("beta", {"userId": "u-1", "properties": {"plan": "free"}})
    assert not client.is_enabled("beta", {"targetingKey": "u-7"})
    assert not client.is_enabled("beta")


def test_a_context_is_put_into_the_words_of_the_vendor():
    client = flagkit.Client(document=UNLEASH, dialect="unleash")
    assert client.is_enabled("beta", flagkit.Context("u-7"))
    pro = flagkit.Context("u-1", plan="pro")
    assert client.is_enabled("beta", pro) and client.view().is_enabled("beta", pro)
    assert client.flag("beta", False)(pro) is True
    # The same context serves flags of others.
    native = {"schema": "flagkit/1", "flags": {"beta": {"enabled": True, "rollout_percentage": 0, "targeting_rules": [{"id": "r", "when": 'plan == "pro"'}]}}}
    assert flagkit.Client(document=native).is_enabled("beta", pro)
    launchdarkly = flagkit.Client(document=LAUNCHDARKLY, dialect="launchdarkly")
    assert not launchdarkly.is_enabled("beta", pro)


def test_kinds_of_contexts_are_read():
    client = flagkit.Client(document=json.dumps(LAUNCHDARKLY), dialect="launchdarkly")
    assert client.is_enabled("beta", {"kind": "company", "key": "acme", "plan": "pro"})
    many = {"kind": "multi", "user": {"key": "u-1"}, "company": {"key": "acme", "plan": "pro"}}
    assert client.is_enabled("beta", many)
    kept = client.context(many)
    assert client.is_enabled("beta", kept)
    assert client.evaluate_all(kept)["beta"].value is True


def test_what_the_vendor_refuses_is_an_invalid_context():
    client = flagkit.Client(document=LAUNCHDARKLY, dialect="launchdarkly")
    found = client.boolean_details("beta", {"kind": "company"}, True)
    assert (found.value, found.error) == (True, "INVALID_CONTEXT")
    with pytest.raises(flagkit.ConfigurationError):
        client.context({"kind": "company"})


def test_the_language_follows_the_document():
    client = flagkit.Client(document={"schema": "flagkit/1", "flags": {}})
    client.replace(UNLEASH)
    assert client.status().dialect == "unleash"
    assert client.is_enabled("beta", {"userId": "u-7"})
