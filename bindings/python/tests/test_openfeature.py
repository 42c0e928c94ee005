"""The provider of OpenFeature: the specification's cases, events, metadata, errors."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib

import pytest

pytest.importorskip("openfeature")

from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEvent
from openfeature.exception import ErrorCode
from openfeature.provider import ProviderStatus
from openfeature.track import TrackingEventDetails

import flagkit
from flagkit.openfeature import Provider
from serving import wait_until

BESIDE = pathlib.Path(__file__).parents[4] / "shared" / "conformance"
FOLDER = pathlib.Path(os.environ.get("FLAGKIT_CONFORMANCE", BESIDE)) / "openfeature"
CASES = FOLDER / "cases.jsonl"
CALLS = {
    "Boolean": "get_boolean_details",
    "String": "get_string_details",
    "Integer": "get_integer_details",
    "Float": "get_float_details",
    "Object": "get_object_details",
}


@pytest.fixture
def asking(client):
    api.set_provider_and_wait(Provider(client), "tests")
    yield api.get_client("tests")
    api.clear_providers()


@pytest.mark.skipif(not CASES.exists(), reason="the cases of the specification are not here")
def test_the_cases_of_the_specification_are_answered_as_it_says():
    cases = [json.loads(line) for line in CASES.read_text().splitlines()]
    # The others are about providers that have failed, which this one does not play.
    cases = [case for case in cases if case["provider"] == "stable"]
    assert len(cases) > 20
    for case in cases:
        document = (FOLDER / case["document"]).read_bytes()
        flags = flagkit.Client(document=document, dialect="openfeature")
        api.set_provider_and_wait(Provider(flags), "specification")
        given = {name: value for name, value in case["context"].items() if value is not None}
        context = EvaluationContext(given.pop("targetingKey", None), given)
        call = getattr(api.get_client("specification"), CALLS[case["value_type"]])
        found = call(case["flag"], case["default"], context)
        for name, wanted in case["expected"].items():
            answer = {
                "value": found.value,
                "variant": found.variant,
                "reason": found.reason,
                "metadata": found.flag_metadata,
                "errorCode": found.error_code,
            }[name]
            assert answer == wanted, (case["id"], name, found)
    api.clear_providers()


def test_values_have_their_types(asking):
    pro = EvaluationContext("u-42", {"plan": "pro", "country": "DE"})
    assert asking.get_boolean_value("new-checkout", False, pro) is True
    assert asking.get_string_value("hero-color", "red", pro) == "blue"
    assert asking.get_integer_value("checkout-limit", 1) == 250
    assert asking.get_float_value("tax-rate", 0.0) == 0.19
    assert asking.get_float_value("checkout-limit", 0.0) == 250.0
    assert asking.get_object_value("layout", {})["title"] == "Ünïcode"
    assert asyncio.run(asking.get_boolean_value_async("new-checkout", False, pro)) is True


def test_answers_say_where_they_come_from(asking):
    pro = EvaluationContext("u-42", {"plan": "pro", "country": "DE"})
    found = asking.get_boolean_details("new-checkout", False, pro)
    assert found.flag_metadata == {
        "owner": "payments", "tier": 2, "version": "7", "rule": "pro-in-europe"
    }
    assert found.reason == "TARGETING_MATCH"


@pytest.mark.parametrize(
    ("call", "key", "default", "code"),
    [
        ("get_boolean_details", "no-such-flag", True, ErrorCode.FLAG_NOT_FOUND),
        ("get_boolean_details", "hero-color", True, ErrorCode.TYPE_MISMATCH),
        ("get_integer_details", "tax-rate", 5, ErrorCode.TYPE_MISMATCH),
        ("get_object_details", "hero-color", {}, ErrorCode.TYPE_MISMATCH),
    ],
)
def test_errors_have_their_code_and_the_default(asking, call, key, default, code):
    found = getattr(asking, call)(key, default)
    assert (found.value, found.error_code, found.reason) == (default, code, "ERROR")
    assert key in found.error_message


def test_nothing_is_rounded():
    variants = {"v": {"value": 2**53 + 1, "weight": 1}}
    document = {"schema": "flagkit/1", "flags": {"big": {"enabled": True, "rollout_percentage": 100, "variants": variants}}}
    api.set_provider_and_wait(Provider(document=document), "big")
    found = api.get_client("big").get_float_details("big", 0.5)
    assert (found.value, found.error_code) == (0.5, ErrorCode.TYPE_MISMATCH)
    assert api.get_client("big").get_integer_value("big", 0) == 2**53 + 1
    api.clear_providers()


def test_changes_are_events(client):
    provider = Provider(client)
    api.set_provider_and_wait(provider, "events")
    asking, seen = api.get_client("events"), []
    asking.add_handler(ProviderEvent.PROVIDER_CONFIGURATION_CHANGED, seen.append)
    client.replace({"schema": "flagkit/1", "flags": {"beta": {"enabled": True}}})
    wait_until(lambda: seen)
    assert "beta" in seen[0].flags_changed and seen[0].provider_name == "flagkit"
    api.clear_providers()


def test_a_server_that_goes_and_comes_is_an_event(server):
    provider = Provider(url=server.url, key="fk_server_dev", log="off")
    api.set_provider_and_wait(provider, "server")
    asking, seen = api.get_client("server"), []
    assert asking.get_provider_status() == ProviderStatus.READY
    asking.add_handler(ProviderEvent.PROVIDER_STALE, lambda details: seen.append("stale"))
    found = asking.get_boolean_details("new-checkout", False, EvaluationContext("u-1"))
    assert found.flag_metadata["flagSetId"] == "production" and ":" in found.flag_metadata["version"]
    server.stop()
    try:
        wait_until(lambda: seen, 30)
        assert asking.get_provider_status() == ProviderStatus.STALE
        assert asking.get_boolean_details("new-checkout", False, EvaluationContext("u-1")).error_code is None
    finally:
        server.start()
    wait_until(lambda: asking.get_provider_status() == ProviderStatus.READY, 40)
    api.clear_providers()


def test_without_flags_the_provider_is_not_ready():
    provider = Provider(url="http://127.0.0.1:9", key="k", start_wait=0, ready_timeout=0.05, log="off")
    with pytest.raises(Exception, match="no flags"):
        api.set_provider_and_wait(provider, "nowhere")
    found = provider.resolve_boolean_details("beta", True)
    assert (found.value, found.error_code) == (True, ErrorCode.PROVIDER_NOT_READY)
    api.clear_providers()


def test_tracking_events_are_handed_on(client):
    tracked = []
    provider = Provider(client, on_track=lambda *event: tracked.append(event))
    api.set_provider_and_wait(provider, "track")
    details = TrackingEventDetails(9.5)
    api.get_client("track").track("bought", EvaluationContext("u-42"), details)
    assert tracked[0][0] == "bought" and tracked[0][2] is details
    api.clear_providers()
