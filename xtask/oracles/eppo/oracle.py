"""Asks Eppo's own SDK about random documents and writes down its answers as conformance cases.

The SDK is `eppo-server-sdk`, the Python face of the Rust core that most of Eppo's server SDKs share. It is given
its configuration as bytes and never reaches a network.

Left out, because no answer of it is a fact about flags:
* variations whose inner keys are the same, and bandits that claim the same value of one flag: a hash map's order
  decides;
* `totalShards` of 0 together with shards: the SDK divides by zero;
* `MATCHES` with a pattern that takes more than 10 MiB once compiled.
"""

import argparse
import json
import os
import random
import sys
from pathlib import Path

import eppo_client
from eppo_client import AssignmentLogger, Configuration, ContextAttributes
from eppo_client.config import Config

sys.dont_write_bytecode = True

import bandits
import documents

FLAGS_IN_A_DOCUMENT = 40


class Silent(AssignmentLogger):
    def log_assignment(self, event):
        pass

    def log_bandit_action(self, event):
        pass


class Sdk:
    """One client, given one configuration after another."""

    def __init__(self):
        empty = Configuration(flags_configuration=as_bytes(documents.envelope({})))
        # The discard port of this machine: nothing is ever fetched.
        self.client = eppo_client.init(Config(api_key="none", base_url="http://127.0.0.1:9/", poll_interval_seconds=None,
                                              assignment_logger=Silent(), initial_configuration=empty))
        self.typed = {
            "STRING": self.client.get_string_assignment_details,
            "INTEGER": self.client.get_integer_assignment_details,
            "NUMERIC": self.client.get_numeric_assignment_details,
            "BOOLEAN": self.client.get_boolean_assignment_details,
            "JSON": self.client.get_json_assignment_details,
        }

    def load(self, flags, models=None):
        models = None if models is None else as_bytes(models)
        self.client.set_configuration(Configuration(flags_configuration=as_bytes(flags), bandits_configuration=models))

    def flag(self, made, key, kind, subject, attributes):
        found = self.typed[kind](key, subject, attributes, documents.DEFAULTS[kind])
        return {"value": found.variation, "evaluationDetails": details(found.evaluation_details, made)}

    def bandit(self, key, context):
        actions = {action["actionKey"]: typed(action) for action in context["actions"]}
        subject = typed(context["attributes"])
        found = self.client.get_bandit_action_details(key, context["subjectKey"], subject, actions, "default")
        told = found.evaluation_details
        return {"variation": found.variation, "action": found.action,
                "evaluationDetails": {"banditEvaluationCode": told["banditEvaluationCode"],
                                      "flagEvaluationCode": told["flagEvaluationCode"],
                                      "banditKey": told["banditKey"], "banditAction": told["banditAction"],
                                      "variationKey": told["variationKey"]}}


def typed(attributes):
    numeric = {name: float(value) for name, value in attributes["numericAttributes"].items()}
    return ContextAttributes(numeric, attributes["categoricalAttributes"])


def details(told, made):
    """The details in the shape of Eppo's published test data."""
    allocations = told["allocations"]
    brief = [{name: one[name] for name in ("key", "allocationEvaluationCode", "orderPosition")} for one in allocations]
    matched = [one for one in brief if one["allocationEvaluationCode"] == "MATCH"]
    code = {"UNEVALUATED", "MATCH"}
    value = told["variationValue"] and told["variationValue"]["value"]
    return {
        "environmentName": told["environmentName"],
        "flagEvaluationCode": told["flagEvaluationCode"],
        "flagEvaluationDescription": told["flagEvaluationDescription"],
        "banditKey": told["banditKey"],
        "banditAction": told["banditAction"],
        "variationKey": told["variationKey"],
        "variationValue": with_nulls(value),
        "matchedRule": matched_rule(allocations, made),
        "matchedAllocation": matched[0] if matched else None,
        "unmatchedAllocations": [one for one in brief if one["allocationEvaluationCode"] not in code],
        "unevaluatedAllocations": [one for one in brief if one["allocationEvaluationCode"] == "UNEVALUATED"],
    }


def with_nulls(value):
    """JSON's null: the SDK gives an empty tuple for it in details."""
    if value == ():
        return None
    if isinstance(value, list):
        return [with_nulls(one) for one in value]
    return {name: with_nulls(one) for name, one in value.items()} if isinstance(value, dict) else value


def matched_rule(allocations, made):
    """The rule that held, as the document has it: the SDK repeats it in words of its own."""
    for place, one in enumerate(allocations):
        for number, rule in enumerate(one["evaluatedRules"]):
            if rule["matched"] and one["allocationEvaluationCode"] == "MATCH":
                return made["allocations"][place]["rules"][number]
    return None


def write_cases(sdk, seed, count, out):
    rng = random.Random(seed)
    recorded_from = f"eppo-server-sdk {eppo_client.__version__}"
    (out / "documents").mkdir(parents=True, exist_ok=True)
    with (out / "cases.jsonl").open("w") as cases:
        written = 0
        for batch in range(count):
            for case in bandit_batch(sdk, rng, batch, out) if batch % 5 == 4 else flag_batch(sdk, rng, batch, out):
                if written == count:
                    return
                case = {"id": f"eppo/oracle/{seed}/{written}", "vendor": "eppo", "suite": f"oracle/{seed}", **case,
                        "recorded_from": recorded_from}
                cases.write(json.dumps(case) + "\n")
                written += 1


def flag_batch(sdk, rng, batch, out):
    flags = {key: documents.flag(rng, key) for key in (f"flag {place}" for place in range(FLAGS_IN_A_DOCUMENT))}
    for made in flags.values():
        if made.get("totalShards") == 0:
            made["totalShards"] = 1
    document = documents.envelope(flags)
    path = write(out, f"documents/flags-{batch}.json", document)
    twin = documents.obfuscated(document)
    hidden = write(out, f"documents/flags-{batch}-obfuscated.json", twin)
    sdk.load(document)
    for key, made in [*flags.items(), ("no such flag", {})]:
        for turn in range(8):
            subject = rng.choice(["alice", "bob", "ä", "", f"subject-{rng.randint(0, 10**6)}", "1", "a" * 200])
            kind = made.get("variationType", "STRING")
            if kind not in documents.TYPES or turn == 7:
                kind = rng.choice(documents.TYPES)
            attributes = documents.subject_attributes(rng, made)
            case = {"kind": "flag", "document": path, "flag": key, "value_type": kind,
                    "default": documents.DEFAULTS[kind], "context": {"subjectKey": subject, "attributes": attributes},
                    "expected": sdk.flag(made, key, kind, subject, attributes)}
            if documents.md5(key) in twin["flags"]:
                case["document_obfuscated"] = hidden
            yield case


def bandit_batch(sdk, rng, batch, out):
    document, models = bandits.document(rng), bandits.models(rng)
    path = write(out, f"documents/bandit-flags-{batch}.json", document)
    models_path = write(out, f"documents/bandit-models-{batch}.json", models)
    sdk.load(document, models)
    for key in [*document["flags"], "no such flag"]:
        for _ in range(40):
            context = bandits.context(rng, rng.choice(["alice", "ä", f"subject-{rng.randint(0, 10**6)}"]))
            yield {"kind": "bandit", "document": path, "bandit_models": models_path, "flag": key, "default": "default",
                   "context": context, "dynamic_typing": False, "expected": sdk.bandit(key, context)}


def write(out, path, document):
    (out / path).write_bytes(as_bytes(document))
    return path


def as_bytes(document):
    return json.dumps(document).encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write_cases(Sdk(), arguments.seed, arguments.count, arguments.out)
    sys.stdout.flush()
    # The SDK's threads would keep the process alive.
    os._exit(0)


main()
