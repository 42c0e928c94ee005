"""Asks Unleash's own engine (Yggdrasil) about random documents and contexts.

    python oracle.py --seed 1 --count 5000 --out DIR

writes DIR/documents/*.json and DIR/cases.jsonl in the form of the conformance cases. The same seed
gives the same files. Nothing here uses a network: the engine is a library that takes a document as
text.
"""

import argparse
import importlib.metadata
import json
import pathlib
import random

from yggdrasil_engine.engine import UnleashEngine

import contexts
import documents
import luck


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=5000)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    (options.out / "documents").mkdir(parents=True, exist_ok=True)
    chance = random.Random(options.seed)
    with open(options.out / "cases.jsonl", "w", encoding="utf-8") as cases:
        written = number = 0
        while written < options.count:
            number += 1
            wanted = min(CASES_PER_DOCUMENT, options.count - written)
            for case in ask(chance, options.out, f"{options.seed}-{number}", wanted):
                cases.write(json.dumps(case, ensure_ascii=False) + "\n")
                written += 1


def ask(chance, out, name, wanted):
    """Cases about one new document."""
    features, segments = documents.state(chance)
    document = documents.as_delta(chance, features, segments)
    if document is None:
        document = {"version": 2, "features": features, "segments": segments}
    path = f"documents/{name}.json"
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (out / path).write_text(text, encoding="utf-8")
    engine = UnleashEngine()
    # Custom strategies have no implementation here; looking for them needs keys that may be absent.
    engine.custom_strategy_handler.update_strategies = lambda _text: None
    engine.take_state(text)
    by_name = {feature["name"]: feature for feature in features}
    names = list(by_name) + ["unknown"]
    for number in range(wanted):
        flag, context = chance.choice(names), contexts.context(chance)
        feature = by_name.get(flag)
        if feature and luck.matters(feature, by_name, segments, context):
            continue
        kind = chance.choice(("enabled", "variant"))
        yield {
            "id": f"unleash/oracle/{name}/{number}",
            "vendor": "unleash",
            "suite": "oracle",
            "kind": kind,
            "name": flag,
            "document": path,
            "document_form": "features" if "features" in document else "delta-events",
            "flag": flag,
            "context": context,
            "expected": answer(engine, kind, flag, context),
            "recorded_from": RECORDED_FROM,
        }


def answer(engine, kind, flag, context):
    if kind == "enabled":
        return {"enabled": engine.check_enabled(flag, context).is_enabled}
    found = engine.check_variant(flag, context).variant
    variant = {
        "name": found.name,
        "enabled": found.enabled,
        "feature_enabled": found.feature_enabled,
    }
    if found.payload is not None:
        variant["payload"] = found.payload
    return {"variant": variant}


CASES_PER_DOCUMENT = 60
RECORDED_FROM = "yggdrasil-engine " + importlib.metadata.version("yggdrasil-engine")

if __name__ == "__main__":
    main()
