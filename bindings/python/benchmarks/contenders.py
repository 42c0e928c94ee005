"""The same flag in seven systems: on for users whose plan is `pro` and whose country is `DE` or `FR`.

Each function loads the flag, without any network, with events and logs off, and returns how a user is
asked about: `fresh` gives the SDK the user's values in each call, as a request would; `kept` gives it
whatever it wants to have prepared.
"""

from __future__ import annotations

import http.server
import json
import logging
import tempfile
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

FLAG = "new-checkout"
COUNTRIES = ["DE", "FR"]

# Who is asked about, and whether the flag is on.
USERS = [
    ({"user_id": "u-1", "plan": "pro", "country": "DE"}, True),
    ({"user_id": "u-2", "plan": "pro", "country": "FR"}, True),
    ({"user_id": "u-3", "plan": "pro", "country": "US"}, False),
    ({"user_id": "u-4", "plan": "free", "country": "DE"}, False),
    ({"user_id": "u-5", "plan": "free", "country": "US"}, False),
]

User = dict[str, str]


class Contender(NamedTuple):
    """How a user is asked about: with their values, and with what was prepared of them."""

    fresh: Callable[[User], bool]
    prepare: Callable[[User], Any]
    kept: Callable[[Any], bool]


def flagkit_client() -> Any:
    import flagkit

    rule = {"id": "pro-in-europe", "when": 'plan == "pro" and country in ["DE", "FR"]'}
    flag = {"enabled": True, "rollout_percentage": 0, "targeting_rules": [rule]}
    return flagkit.Client(document={"schema": "flagkit/1", "flags": {FLAG: flag}})


def flagkit_by_handle() -> Contender:
    import flagkit

    handle = flagkit_client().flag(FLAG, False)

    def fresh(user: User) -> bool:
        return handle({"user_id": user["user_id"], "plan": user["plan"], "country": user["country"]})

    def prepare(user: User) -> Any:
        return flagkit.Context(user["user_id"], plan=user["plan"], country=user["country"])

    return Contender(fresh, prepare, handle)


def flagkit_by_handle_dict() -> Contender:
    handle = flagkit_client().flag(FLAG, False)
    return Contender(handle, dict, handle)


def flagkit_by_name() -> Contender:
    ask = flagkit_client().is_enabled

    def fresh(user: User) -> bool:
        return ask(FLAG, {"user_id": user["user_id"], "plan": user["plan"], "country": user["country"]})

    return Contender(fresh, dict, lambda user: ask(FLAG, user))


def flagkit_counted() -> Contender:
    client = flagkit_client()
    client.count_usage()
    ask = client.is_enabled

    def fresh(user: User) -> bool:
        return ask(FLAG, {"user_id": user["user_id"], "plan": user["plan"], "country": user["country"]})

    return Contender(fresh, dict, lambda user: ask(FLAG, user))


def statsig() -> Contender:
    from statsig_python_core import Statsig, StatsigOptions, StatsigUser

    def condition(field: str, values: list[str]) -> dict[str, Any]:
        return {
            "type": "user_field", "operator": "any", "targetValue": values, "field": field,
            "additionalValues": {}, "idType": "userID",
        }

    rule = {
        "name": "r", "id": "r", "salt": "r", "idType": "userID", "passPercentage": 100,
        "returnValue": True, "conditions": ["plan", "country"],
    }
    gate = {
        "type": "feature_gate", "entity": "feature_gate", "salt": FLAG, "enabled": True,
        "defaultValue": False, "rules": [rule], "idType": "userID", "version": 1,
    }
    document = {
        "feature_gates": {FLAG: gate}, "dynamic_configs": {}, "layer_configs": {},
        "condition_map": {"plan": condition("plan", ["pro"]), "country": condition("country", COUNTRIES)},
        "has_updates": True, "time": 1767920036437, "company_id": "c", "response_format": "dcs-v2",
        "param_stores": {}, "sdk_keys_to_app_ids": {}, "experiment_to_layer": {},
    }
    body = json.dumps(document).encode()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    # The SDK takes documents from addresses only.
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = StatsigOptions(
        specs_url=f"http://127.0.0.1:{server.server_port}/v2/download_config_specs",
        disable_all_logging=True, fallback_to_statsig_api=False, disable_country_lookup=True,
        specs_sync_interval_ms=3_600_000, output_log_level="none",
    )
    sdk = Statsig("secret-benchmark", options)
    sdk.initialize().wait()
    server.shutdown()

    def prepare(user: User) -> Any:
        return StatsigUser(user_id=user["user_id"], country=user["country"], custom={"plan": user["plan"]})

    return Contender(lambda user: sdk.check_gate(prepare(user), FLAG), prepare, lambda user: sdk.check_gate(user, FLAG))


def eppo() -> Contender:
    import eppo_client
    from eppo_client import AssignmentLogger, Configuration
    from eppo_client.config import Config

    class Silent(AssignmentLogger):
        def log_assignment(self, _: Any) -> None:
            pass

    conditions = [
        {"attribute": "plan", "operator": "ONE_OF", "value": ["pro"]},
        {"attribute": "country", "operator": "ONE_OF", "value": COUNTRIES},
    ]
    allocation = {
        "key": "a", "doLog": False, "rules": [{"conditions": conditions}],
        "splits": [{"variationKey": "on", "shards": []}],
    }
    flag = {
        "key": FLAG, "enabled": True, "variationType": "BOOLEAN", "totalShards": 10000,
        "variations": {"on": {"key": "on", "value": True}}, "allocations": [allocation],
    }
    document = {
        "createdAt": "2024-04-17T19:40:53.716Z", "format": "SERVER",
        "environment": {"name": "Test"}, "flags": {FLAG: flag},
    }
    start = Configuration(flags_configuration=json.dumps(document).encode())
    sdk = eppo_client.init(Config(
        api_key="none", base_url="http://127.0.0.1:9/", poll_interval_seconds=None,
        assignment_logger=Silent(), initial_configuration=start,
    ))
    ask = sdk.get_boolean_assignment

    def fresh(user: User) -> bool:
        return ask(FLAG, user["user_id"], {"plan": user["plan"], "country": user["country"]}, False)

    def prepare(user: User) -> Any:
        return user["user_id"], {"plan": user["plan"], "country": user["country"]}

    return Contender(fresh, prepare, lambda user: ask(FLAG, user[0], user[1], False))


def growthbook() -> Contender:
    from growthbook import GrowthBook

    features = {FLAG: {"defaultValue": False, "rules": [
        {"condition": {"plan": "pro", "country": {"$in": COUNTRIES}}, "force": True},
    ]}}

    def prepare(user: User) -> Any:
        attributes = {"id": user["user_id"], "plan": user["plan"], "country": user["country"]}
        return GrowthBook(attributes=attributes, features=features)

    return Contender(lambda user: prepare(user).is_on(FLAG), prepare, lambda user: user.is_on(FLAG))


def configcat() -> Contender:
    from configcatclient import ConfigCatClient
    from configcatclient.configcatoptions import ConfigCatOptions
    from configcatclient.localfiledatasource import LocalFileFlagOverrides
    from configcatclient.overridedatasource import OverrideBehaviour
    from configcatclient.pollingmode import PollingMode
    from configcatclient.user import User as Asked

    on, off = {"v": {"b": True}}, {"b": False}
    conditions = [
        {"u": {"a": "plan", "c": 28, "s": "pro"}},
        {"u": {"a": "Country", "c": 0, "l": COUNTRIES}},
    ]
    document = {
        "p": {"u": "", "r": 0, "s": "c2FsdA=="}, "s": [],
        "f": {FLAG: {"t": 0, "v": off, "r": [{"c": conditions, "s": on}]}},
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(document, file)
    logging.getLogger("configcat").setLevel(logging.CRITICAL)
    sdk = ConfigCatClient.get("local/benchmark0000000000000/0000000000000000000000", ConfigCatOptions(
        polling_mode=PollingMode.manual_poll(), offline=True,
        flag_overrides=LocalFileFlagOverrides(file.name, OverrideBehaviour.LocalOnly),
    ))

    def prepare(user: User) -> Any:
        return Asked(user["user_id"], country=user["country"], custom={"plan": user["plan"]})

    return Contender(
        lambda user: sdk.get_value(FLAG, False, prepare(user)),
        prepare,
        lambda user: sdk.get_value(FLAG, False, user),
    )


def launchdarkly() -> Contender:
    from ldclient.client import LDClient
    from ldclient.config import Config
    from ldclient.context import Context
    from ldclient.feature_store import InMemoryFeatureStore
    from ldclient.versioned_data_kind import FEATURES, SEGMENTS

    def clause(attribute: str, values: list[str]) -> dict[str, Any]:
        return {"contextKind": "user", "attribute": attribute, "op": "in", "values": values, "negate": False}

    flag = {
        "key": FLAG, "version": 1, "on": True, "prerequisites": [], "salt": "s", "targets": [],
        "rules": [{"id": "r", "variation": 0, "clauses": [clause("plan", ["pro"]), clause("country", COUNTRIES)]}],
        "fallthrough": {"variation": 1}, "offVariation": 1, "variations": [True, False],
    }
    store = InMemoryFeatureStore()
    store.init({FEATURES: {FLAG: FEATURES.decode(flag)}, SEGMENTS: {}})
    sdk = LDClient(Config("benchmark", feature_store=store, use_ldd=True, send_events=False), start_wait=0)

    def prepare(user: User) -> Any:
        return Context.builder(user["user_id"]).set("plan", user["plan"]).set("country", user["country"]).build()

    return Contender(
        lambda user: sdk.variation(FLAG, prepare(user), False),
        prepare,
        lambda user: sdk.variation(FLAG, user, False),
    )


def unleash() -> Contender:
    from UnleashClient import UnleashClient
    from UnleashClient.cache import FileCache

    def constraint(name: str, values: list[str]) -> dict[str, Any]:
        return {"contextName": name, "operator": "IN", "values": values}

    strategy = {
        "name": "default", "parameters": {},
        "constraints": [constraint("plan", ["pro"]), constraint("country", COUNTRIES)],
    }
    feature = {"name": FLAG, "type": "release", "enabled": True, "strategies": [strategy]}
    folder = tempfile.mkdtemp()
    cache = FileCache("benchmark", directory=folder)
    cache.bootstrap_from_dict({"version": 2, "features": [feature]})
    sdk = UnleashClient(
        url="http://127.0.0.1:9/api", app_name="benchmark", cache=cache, cache_directory=folder,
        disable_metrics=True, disable_registration=True, refresh_interval=86_400, verbose_log_level=0,
    )
    logging.disable(logging.CRITICAL)
    sdk.initialize_client(fetch_toggles=False)

    def prepare(user: User) -> Any:
        return {"userId": user["user_id"], "properties": {"plan": user["plan"], "country": user["country"]}}

    return Contender(
        lambda user: sdk.is_enabled(FLAG, prepare(user)),
        prepare,
        lambda user: sdk.is_enabled(FLAG, user),
    )


CONTENDERS: dict[str, Callable[[], Contender]] = {
    "flagkit, by handle": flagkit_by_handle,
    "flagkit, by handle, a dict at hand": flagkit_by_handle_dict,
    "flagkit, by name": flagkit_by_name,
    "flagkit, by name, counted": flagkit_counted,
    "statsig_python_core": statsig,
    "eppo-server-sdk": eppo,
    "growthbook": growthbook,
    "configcat-client": configcat,
    "launchdarkly-server-sdk": launchdarkly,
    "UnleashClient": unleash,
}
