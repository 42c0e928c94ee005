"""Asks Split's own Python SDK, offline, about random documents and writes down what it answers.

    python oracle.py --seed 1 --count 5000 --out DIR

writes `DIR/documents/*.json` and `DIR/cases.jsonl`.

Two things of this SDK are not asked, because the vendor's other SDKs differ and its published data decide against it:
the older hash of keys beyond the basic plane (it counts code points, the published definition UTF-16 units), and digits
outside of ASCII.
"""

import argparse
import json
import logging
import pathlib
import queue
import random
from importlib.metadata import version

from splitio.engine.evaluator import EvaluationDataFactory, Evaluator
from splitio.engine.splitters import Splitter
from splitio.models import rule_based_segments, segments as segment_models, splits
from splitio.models.fallback_config import FallbackTreatmentCalculator, FallbackTreatmentsConfiguration
from splitio.models.fallback_treatment import FallbackTreatment
from splitio.storage.inmemmory import InMemoryRuleBasedSegmentStorage, InMemorySegmentStorage, InMemorySplitStorage
from splitio.util.storage_helper import update_feature_flag_storage, update_rule_based_segment_storage

from generate import Generator
from vocabulary import ASTRAL

CASES_PER_DOCUMENT = 60


class Sdk:
    """One document and its segments in the SDK's memory."""

    def __init__(self, document, segments):
        flags = document["ff"]["d"] if "ff" in document else document["splits"]
        rule_based = document["rbs"]["d"] if "rbs" in document else []
        events = queue.Queue()
        self.flags = InMemorySplitStorage(events)
        self.segments = InMemorySegmentStorage(events)
        self.rule_based = InMemoryRuleBasedSegmentStorage(events)
        update_feature_flag_storage(self.flags, [splits.from_raw(copy(flag)) for flag in flags], 1)
        parsed = [rule_based_segments.from_raw(copy(segment)) for segment in rule_based]
        update_rule_based_segment_storage(self.rule_based, parsed, 1)
        for name, keys in segments.items():
            self.segments.put(segment_models.Segment(name, list(keys), 1))

    def answer(self, flag, context, fallback):
        calculator = FallbackTreatmentCalculator(fallback_configuration(fallback))
        evaluator = Evaluator(Splitter(), calculator)
        needed = EvaluationDataFactory(self.flags, self.segments, self.rule_based).context_for(context["key"], [flag])
        answer = evaluator.eval_with_context(context["key"], context["bucketingKey"], flag, context["attributes"], needed)
        return {"treatment": answer["treatment"], "config": answer["configurations"], "label": answer["impression"]["label"]}

    def uses_older_hash(self, flag):
        found = self.flags.get(flag)
        return found is not None and found.algo == splits.HashAlgorithm.LEGACY


def copy(value):
    """The SDK changes what it parses."""
    return json.loads(json.dumps(value))


def fallback_configuration(fallback):
    if fallback is None:
        return None
    treatment = lambda raw: raw and FallbackTreatment(raw["treatment"], raw["config"])
    by_flag = {name: treatment(raw) for name, raw in fallback["byFlag"].items()}
    return FallbackTreatmentsConfiguration(treatment(fallback["global"]), by_flag)


def cases(seed, count, out):
    generator = Generator(random.Random(seed))
    source = f"splitio_client {version('splitio_client')}"
    made = 0
    while made < count:
        document, segments = generator.document()
        name = f"documents/{made:06}.json"
        (out / name).write_text(json.dumps(document, ensure_ascii=False, indent=1))
        sdk = Sdk(document, segments)
        older = any(sdk.uses_older_hash(flag) for flag in sdk.flags.get_split_names())
        flags = sdk.flags.get_split_names() + ["ghost"]
        for _ in range(min(CASES_PER_DOCUMENT, count - made)):
            context, fallback = generator.context(), generator.fallback()
            # A flag may depend on one with the older hash, so no flag of the document is asked for such a key.
            if older and ASTRAL in context["key"]:
                continue
            flag = generator.pick(flags)
            case = {
                "id": f"split/oracle/{seed}/{made}", "vendor": "split", "suite": "oracle", "recorded_from": source,
                "kind": "evaluation", "document": name, "segments": segments, "flag": flag, "context": context,
            }
            if fallback is not None:
                case["fallback"] = fallback
            yield case | {"expected": sdk.answer(flag, context, fallback)}
            made += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    (arguments.out / "documents").mkdir(parents=True, exist_ok=True)
    with open(arguments.out / "cases.jsonl", "w", encoding="utf-8") as file:
        for case in cases(arguments.seed, arguments.count, arguments.out):
            file.write(json.dumps(case, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
