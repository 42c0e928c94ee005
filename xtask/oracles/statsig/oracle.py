"""Random Statsig documents and users with the answers of `statsig-python-core`.

    python oracle.py --seed 1 --count 5000 --out DIR

writes DIR/documents/*.json and DIR/cases.jsonl in the form of the conformance cases. The same
seed gives the same files. The SDK downloads each document from this process over the loopback
interface; nothing else is asked.

Left out on purpose:
* user agents and IP addresses: what the SDK makes of them needs data that FlagKit does not have;
* circles through `overrides`: the SDK starts counting its depth anew and never ends;
* bandits, and anything else that depends on chance;
* lists that name two texts that differ only by case as targets of `eq`: the SDK panics;
* value and rule id of what is unsupported: the SDK keeps those of whatever it looked at before;
* id lists: without a download the SDK only adds a suffix to the reason;
* null inside of custom fields, floats beyond 10^15 inside of lists.
"""

import argparse
import http.server
import json
import random
import threading
from importlib.metadata import version
from pathlib import Path

from statsig_python_core import Statsig, StatsigOptions, StatsigUser

USERS_PER_DOCUMENT = 20

TEXTS = ["", "a", "A", "pro", "Pro", "straße", "STRASSE", "İ", "ΣΑΣ", "1", "1.0", "2", "10", "true", "gold", "user@x.io",
         "1.2.3", "1.10", "2.x", "1.2-beta", "x", "2023-01-01T00:00:00Z", "2023-06-01 12:00:00", "1970-02-01T00:00:00Z",
         "1700000000", "1700000000000", "inf", "NaN", "[1]", "[\"a\"]", " 1", "1e3", "🎈"]
NUMBERS = [0, 1, 2, 10, -1, 1.5, 2.0, 100, 1700000000, 1700000000000, 9999999999, 10000000000, 0.1, 1e21, 1e-7, 12345678.9]
LISTS = [[], ["a"], ["a", "b"], ["A", 1], [1, 2.0], [True, "x"], ["pro", "gold"]]
FIELDS = ["email", "Email", "country", "locale", "appVersion", "app_version", "userID", "user_id", "plan", "Plan", "level", "tags",
          "when", "flag", "missing"]
ID_TYPES = ["userID", "userid", "stableID", "companyID", "STABLEID"]
UNIT_IDS = ["a-user", "b-user", "u-1", "u-2", "", "ü", "7"]
PATTERNS = ["^a", "pro|gold", r"\d+", "(?=p)pro", r"(.)\1", "(?i)PRO", "(", "", r"^\w+@\w+\.io$", "a{2}", r"^1\.2", "[^a-z]", "++"]
OPERATORS = ["gt", "gte", "lt", "lte", "version_gt", "version_gte", "version_lt", "version_lte", "version_eq", "version_neq",
             "any", "any", "none", "any_case_sensitive", "none_case_sensitive", "str_starts_with_any", "str_ends_with_any",
             "str_contains_any", "str_contains_none", "str_matches", "before", "after", "on", "eq", "eq", "neq",
             "array_contains_any", "array_contains_none", "array_contains_all", "not_array_contains_all"]


class Generator:
    """Everything random about one document and its users."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, values):
        return self.random.choice(values)

    def scalar(self):
        return self.pick([self.pick(TEXTS), self.pick(TEXTS), self.pick(NUMBERS), self.pick([True, False])])

    def document(self):
        self.gates = [f"gate_{place}" for place in range(self.random.randint(2, 6))]
        self.configs = [f"config_{place}" for place in range(self.random.randint(2, 5))]
        self.layers = [f"layer_{place}" for place in range(self.random.randint(1, 3))]
        if self.chance(0.2):
            self.configs.append(self.gates[0])
        # An unknown condition ends evaluations, so most documents have none.
        self.breaks = self.chance(0.15)
        # Stand-ins and gates or configs that ask for each other could make a circle.
        self.maps = self.chance(0.3)
        conditions = {str(place): self.condition() for place in range(12)}
        self.hashes = list(conditions) + (["nowhere"] if self.breaks else [])
        document = {
            "feature_gates": {name: self.spec(name, "gate", place) for place, name in enumerate(self.gates)},
            "dynamic_configs": {name: self.spec(name, "config", place) for place, name in enumerate(self.configs)},
            "layer_configs": {name: self.spec(name, "layer", 0) for name in self.layers},
            "condition_map": conditions, "has_updates": True, "time": 1767920036437, "company_id": "c",
            "response_format": "dcs-v2", "param_stores": {}, "sdk_keys_to_app_ids": {}, "experiment_to_layer": {},
        }
        if self.maps:
            self.map_configs(document)
        return document

    def map_configs(self, document):
        document["override_rules"] = {name: self.rule(name, "config") for name in ("o1", "o2")}
        target = self.pick(["gate", "config"])
        names = self.gates if target == "gate" else self.configs
        rules = [{"rule_name": self.pick(["o1", "o2", "o3"]), "start_time": self.pick([0, 4102444800000])},
                 {"rule_name": self.pick(["o1", "o2"])}]
        document["overrides"] = {names[0]: [
            {"new_config_name": self.pick([names[-1], "nowhere"]), "rules": rules},
            {"new_config_name": names[-1], "rules": rules[1:]},
        ]}

    def spec(self, name, kind, place):
        self.own_place = place
        spec = {
            "type": "feature_gate" if kind == "gate" else "dynamic_config", "salt": f"salt-{name}",
            "enabled": self.chance(0.9), "idType": "userID", "version": 1,
            "entity": {"gate": "feature_gate", "config": "experiment", "layer": "layer"}[kind],
            "defaultValue": self.chance(0.2) if kind == "gate" else self.parameters(),
            "rules": [self.rule(f"{name}-r{number}", kind) for number in range(self.random.randint(0, 3))],
        }
        if kind == "config":
            spec.update(isActive=self.chance(0.7), hasSharedParams=self.chance(0.5), explicitParameters=["a"])
        if kind == "layer" and self.chance(0.4):
            spec["useNewLayerEval"] = True
            spec["rules"] = [self.rule(f"{name}-r{number}", kind) for number in range(4)]
        return spec

    def parameters(self):
        names = self.random.sample(["a", "b", "c", "d"], self.random.randint(0, 3))
        return {name: self.pick([1, 2.5, "x", True, None, [1], {"k": "v"}]) for name in names}

    def rule(self, name, kind):
        rule = {
            "name": name, "id": name, "idType": self.pick(ID_TYPES),
            "passPercentage": self.pick([100, 100, 100, 0, 50, 33.3, 0.01, 99.99]),
            "conditions": self.random.sample(self.hashes, self.pick([0, 1, 1, 1, 2])),
            "returnValue": self.chance(0.85) if kind == "gate" else self.parameters(),
        }
        if self.chance(0.7):
            rule["salt"] = self.pick(["", name, "salt"])
        if kind == "config" and self.chance(0.5):
            rule.update(groupName=self.pick(["Test", "Control"]), isExperimentGroup=True)
        if kind == "layer" and self.chance(0.6):
            rule["configDelegate"] = self.pick(self.configs + ["nowhere"])
        if kind == "config" and self.chance(0.1) and self.own_place and not self.maps:
            # Only to those before it, so that there is no circle.
            rule["configDelegate"] = self.pick(self.configs[:self.own_place])
        return rule

    def condition(self):
        kind = self.pick(["user_field"] * 9 + ["unit_id", "user_bucket", "user_bucket", "public", "pass_gate", "pass_gate",
                                               "fail_gate", "environment_field", "current_time", "target_app"])
        condition = {"type": kind, "operator": None, "targetValue": None, "field": None, "additionalValues": {},
                     "idType": self.pick(ID_TYPES)}
        if kind in ("pass_gate", "fail_gate"):
            condition["targetValue"] = "nowhere" if self.maps else self.pick(self.gates + ["nowhere"])
            return condition
        if kind == "public":
            return condition
        condition["operator"] = self.pick(OPERATORS)
        condition["targetValue"] = self.target(condition["operator"])
        if kind == "user_field":
            condition["field"] = self.pick(FIELDS)
        elif kind == "environment_field":
            condition.update(field=self.pick(["tier", "Tier"]), operator=self.pick(["any", "none", "eq"]))
            condition["targetValue"] = self.pick([["dev", "Staging"], "dev"])
        elif kind == "user_bucket":
            condition["additionalValues"] = {"salt": self.pick(["q", "bucket-salt"])}
            condition["operator"] = self.pick(["lt", "lt", "gte", "any", "none", "eq", "str_starts_with_any"])
            condition["targetValue"] = self.target_of_bucket(condition["operator"])
        elif kind == "current_time":
            condition["operator"] = self.pick(["before", "after", "on", "gt", "any", "none", "neq"])
        elif kind == "unit_id" and self.chance(0.7):
            condition.update(operator=self.pick(["any", "none", "eq"]), targetValue=self.random.sample(UNIT_IDS, 3))
        if self.breaks and self.chance(0.08):
            condition[self.pick(["type", "operator"])] = self.pick(["unheard_of", None if kind != "public" else "x"]) or "odd"
        return condition

    def target_of_bucket(self, operator):
        if operator in ("lt", "gte"):
            return self.pick([500, 100.5, 0, 1000, "300", -1])
        if operator == "eq":
            return self.pick([7, "7"])
        return [self.pick([str(self.random.randint(0, 99)), self.random.randint(0, 999)]) for _ in range(40)]

    def target(self, operator):
        if operator.startswith("version"):
            return self.pick(["1.2.3", "1.10", "2", "1.x", "", 2, "1.2-beta"])
        if operator in ("gt", "gte", "lt", "lte"):
            return self.pick([1, 1.5, "2", "x", None, 10, -1, 1e21, True])
        if operator in ("before", "after", "on"):
            return self.pick([1700000000000, "2023-01-01T00:00:00Z", 1672531200000, "1700000000000", "x", 0, 2678400000000,
                              "2023-06-01 00:00:00", 4102444800000, 1700000000000.5])
        if operator == "str_matches":
            return self.pick(PATTERNS)
        if operator in ("eq", "neq"):
            return self.pick([None, True, 1, 1.5, 2, "1", "a", "1e3", ["a"], [1, "b"], ["a", "b"], [], {"k": 1}, "", "[1]", 1700000000])
        if self.chance(0.08):
            return self.pick([{"a": 1, "PRO": 2, "1": 3}, "a", None, 1, True])
        return [self.scalar() for _ in range(self.random.randint(0, 4))]

    def user(self):
        user = {}
        if self.chance(0.9):
            user["userID"] = self.pick(UNIT_IDS)
        if self.chance(0.5) or not user:
            names = self.random.sample(["stableID", "companyID", "stableid", "companyid"], 2)
            user["customIDs"] = {name: self.pick(UNIT_IDS + [7, 7.0, 1.5]) for name in names}
        for name in ("email", "country", "locale", "appVersion"):
            if self.chance(0.4):
                user[name] = self.pick(TEXTS)
        for name in ("custom", "privateAttributes"):
            if self.chance(0.6):
                fields = self.random.sample(["plan", "Plan", "level", "tags", "when", "flag", "email", "app_version", "user_id"], 5)
                user[name] = {field: self.pick([self.scalar(), self.scalar(), self.pick(LISTS)]) for field in fields}
        if self.chance(0.3):
            user["statsigEnvironment"] = {self.pick(["tier", "Tier"]): self.pick(["dev", "staging", "DEV"])}
        return user


class Documents(http.server.BaseHTTPRequestHandler):
    """Serves the current document to the SDK."""

    current = b"{}"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(Documents.current)))
        self.end_headers()
        self.wfile.write(Documents.current)

    def log_message(self, *_):
        pass


class Sdk:
    """The SDK with one document."""

    def __init__(self, port, document, number):
        Documents.current = json.dumps(document).encode()
        options = StatsigOptions(
            specs_url=f"http://127.0.0.1:{port}/v2/download_config_specs", disable_all_logging=True,
            fallback_to_statsig_api=False, disable_country_lookup=True, specs_sync_interval_ms=3_600_000,
            output_log_level="none")
        self.statsig = Statsig(f"secret-{number}", options)
        self.statsig.initialize().wait()

    def ask(self, kind, name, user):
        answer = self.answer(kind, name, user)
        return {"reason": answer["reason"]} if "Unsupported" in answer["reason"] else answer

    def answer(self, kind, name, user):
        asked = StatsigUser(
            user_id=user.get("userID"), email=user.get("email"), country=user.get("country"), locale=user.get("locale"),
            app_version=user.get("appVersion"), custom=user.get("custom"), custom_ids=user.get("customIDs"),
            private_attributes=user.get("privateAttributes"), statsig_environment=user.get("statsigEnvironment"))
        if kind == "gate":
            found = self.statsig.get_feature_gate(asked, name)
            return {"value": found.value, "ruleID": found.rule_id, "reason": found.details.reason}
        if kind == "dynamic-config":
            found = self.statsig.get_dynamic_config(asked, name)
            return {"value": found.value, "ruleID": found.rule_id, "reason": found.details.reason}
        found = self.statsig.get_layer(asked, name)
        return {"value": found.get_value(), "ruleID": found.rule_id, "groupName": found.group_name,
                "allocatedExperiment": found.allocated_experiment_name, "reason": found.details.reason}


def write(seed, count, out):
    (out / "documents").mkdir(parents=True, exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Documents)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    recorded_from = "statsig_python_core " + version("statsig_python_core")
    written, place = 0, 0
    with open(out / "cases.jsonl", "w", encoding="utf-8") as cases:
        while written < count:
            generator = Generator(f"{seed}/{place}")
            document = generator.document()
            name = f"documents/{place:05}.json"
            (out / name).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
            sdk = Sdk(server.server_address[1], document, f"{seed}-{place}")
            asked = ([("gate", gate) for gate in generator.gates + ["unknown"]]
                     + [("dynamic-config", config) for config in generator.configs]
                     + [("layer", layer) for layer in generator.layers])
            for number in range(USERS_PER_DOCUMENT):
                user = generator.user()
                for kind, flag in asked:
                    expected = sdk.ask(kind, flag, user)
                    case = {
                        "id": f"statsig/oracle/{seed}/{place}/{number}/{kind}/{flag}", "vendor": "statsig", "suite": "oracle",
                        "kind": kind, "document": name, "flag": flag, "context": user, "expected": expected,
                        "recorded_from": recorded_from,
                    }
                    cases.write(json.dumps(case, ensure_ascii=False) + "\n")
                    written += 1
            place += 1
    server.shutdown()
    print(f"{written} cases in {place} documents")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write(arguments.seed, arguments.count, arguments.out)


if __name__ == "__main__":
    main()
