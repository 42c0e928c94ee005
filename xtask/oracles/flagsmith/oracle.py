"""Random Flagsmith documents and contexts with the answers of `flagsmith-flag-engine`.

    python oracle.py --seed 1 --count 5000 --out DIR

writes DIR/documents/*.json and DIR/cases.jsonl in the form of the conformance cases. The same
seed gives the same files. No network is used.

Left out on purpose:
* what makes the engine raise (a pattern that does not compile, `modulo` by zero, a percentage
  that is no text): there is no answer to compare with; such cases are dropped and counted;
* paths that enumerate the identity (`$.identity.traits.*`, `$..name`) or look into lists inside
  of it, and digits of other scripts in conditions: they are refused with a diagnostic, so there
  is nothing to compare either;
* whole numbers beyond 64 bits as traits: JSON readers outside of Python make floats of them.
"""

import argparse
import json
import random
import warnings
from importlib.metadata import version
from pathlib import Path

from flag_engine.engine import get_evaluation_result

CONTEXTS_PER_DOCUMENT = 12

TEXTS = ["", "pro", "Pro", "basic", "premium plan", "a,b", "x", "1.2.3", "2.0.0-rc.1", "v1.2.3",
         "Zürich", "東京", "🎈", "true", "False", "None", "007", "42", "-7", "3.5", "-0.0", "1e5",
         "inf", " 5", "+5", "1_000", "99999999999999999999", "12345678901234567.25", "0.1", "it's",
         'say "hi"', "line\nbreak", "user@example.com", "[1]", "[", "1.2", "1.10.0", "1.2.3+build.5"]
NUMBERS = [0, 1, -1, 2, 3, 7, 42, 100, 1234, -13, 9007199254740993, 9223372036854775807, 0.0, -0.0,
           0.5, 3.0, 3.5, 42.0, -7.25, 1e16, 1e-5, 1.5e300, 0.1, 1e22, 123456789012345680.0]
OTHERS = [True, False, None, [], ["a", 1, 2.5, None, True, "it's"], {"k": "v", "n": [1.0]}]
TRAITS = ["plan", "age", "version", "ratio", "beta", "email", "$.identity", "$.environment.name",
          "$.not a path", "größe", "with space", "flags", "identity", "a.b", "", "key"]

PATHS = ["$.identity.identifier", "$.identity.key", "$.identity", "$.identity.traits",
         "$.identity.traits.plan", "$.identity.traits.age", "$.identity.traits['with space']",
         '$.identity.traits["größe"]', "$.identity.traits.größe", "$.identity.traits.nope",
         "$.identity.traits['$.identity']", "$.identity['traits']['a.b']", "$.identity.traits.list",
         "$.identity.traits.object.k", "$.identity.traits.list.k",
         "$.environment.name", "$.environment.key", "$.environment.nope", "$.environment",
         "$.features.f0.value", "$.features.f1.enabled", "$.features['f2'].name",
         "$.features.f0.variants[0].weight", "$.features.f0.variants[-1].value",
         "$.features.f1.variants[0:2].value", "$.features.f0.variants[::-1].weight",
         "$.features.*.value", "$.features.f0.variants[*].weight", "$.features..weight",
         "$.features.f0.variants[?@.weight > 30].value", "$.features[?@.enabled == true].name",
         "$.segments['1'].name", "$.segments.*.key", "$.segments.nope", "$.nowhere.at.all",
         "$.environment['na\\u006de']", "$.environment.name, more", "$.", "$. environment.name"]

EQUALITY = ["EQUAL", "NOT_EQUAL"]
ORDERS = ["GREATER_THAN", "GREATER_THAN_INCLUSIVE", "LESS_THAN", "LESS_THAN_INCLUSIVE"]
PATTERNS = [r"\d+", r"^[a-z]+$", r"pro", r".*@example\.com", r"(?i)PRO", r"[A-Z]\w*", r"\w+$", r"",
            r"a|b", r"(pre|ba)\w+", r"^$", r"-?\d+\.\d+", r"True|False", r"\s*\S+", r"1\.2\.3",
            r"[^a-z]", r"(?P<n>x)", r"x{0,2}", r"\Apro\Z", r"..", r"[\w.]+@[\w.]+", r".+\n?.*",
            r"[[]", r"3\.0", r"1e\+16", r"\bpro\b", r"p(?=r)", r"(?!pro)", r"(.)\1"]


class Generator:
    """Everything random about one document and its contexts."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.values = {}

    def chance(self, probability):
        return self.random.random() < probability

    def value(self):
        kind = self.random.random()
        if kind < 0.5:
            return self.random.choice(TEXTS)
        if kind < 0.85:
            return self.random.choice(NUMBERS)
        return self.random.choice(OTHERS)

    def document(self):
        # Contexts and conditions draw from the same few values, so that both outcomes happen.
        self.values = {name: [self.value() for _ in range(3)] for name in TRAITS}
        self.values["version"] = ["1.2.3", "2.0.0-rc.1", "1.10.0", "1.2.3+build.5", "1.2"]
        features = [f"f{place}" for place in range(self.random.randint(1, 5))]
        document = {
            "environment": {"key": self.random.choice(["env", "env-ü", "7"]),
                            "name": self.random.choice(["Production", "QA", "42"])},
            "features": {name: self.feature(name) for name in features},
            "segments": {str(place): self.segment(place, features)
                         for place in range(1, self.random.randint(1, 6))},
        }
        if self.chance(0.03):
            del document[self.random.choice(["features", "segments"])]
        return document

    def feature(self, name):
        feature = {
            "key": str(self.random.randint(1, 99999)),
            "name": name,
            "enabled": self.chance(0.6),
            "value": self.random.choice(["", "on", None, 1, 2.5, True, False, "ü", {"a": [1]}]),
        }
        if self.chance(0.5):
            feature["variants"] = self.variants()
        if self.chance(0.4):
            feature["metadata"] = self.random.choice([{"id": 7}, {}, {"id": 8, "tags": ["a"]}])
        return feature

    def variants(self):
        count = self.random.randint(0, 4)
        weights = [self.random.choice([0, 10, 25, 33.3, 30.0, 50, 54.54, 100, 1e-5]) for _ in range(count)]
        priorities = [self.random.choice([1, 2, 3, 10, 2.5]) for _ in range(count)]
        variants = []
        for weight, priority in zip(weights, priorities):
            variant = {"value": self.random.choice(["a", "b", 3, None, True]),
                       "weight": weight, "priority": priority}
            if self.chance(0.5):
                variant["key"] = self.random.choice(["red", "blue", "control"])
            variants.append(variant)
        return variants

    def segment(self, place, features):
        segment = {
            "key": self.random.choice([str(place), str(place * 1000 + 7)]),
            "name": self.random.choice([f"segment {place}", "same name"]),
            "rules": [self.rule(0) for _ in range(self.random.choice([0, 1, 1, 1, 2]))],
        }
        if self.chance(0.7):
            segment["overrides"] = [self.override(features) for _ in range(self.random.randint(0, 3))]
        if self.chance(0.3):
            segment["metadata"] = self.random.choice([{"id": place}, {}])
        return segment

    def override(self, features):
        override = self.feature(self.random.choice(features + ["unknown"]))
        if self.chance(0.6):
            override["priority"] = self.random.choice([1, 2, 2.0, 0, -1, 1.5])
        return override

    def rule(self, depth):
        rule = {"type": self.random.choice(["ALL", "ANY", "NONE"])}
        if self.chance(0.85):
            rule["conditions"] = [self.condition() for _ in range(self.random.choice([0, 1, 1, 2, 3]))]
        if depth < 2 and self.chance(0.35):
            rule["rules"] = [self.rule(depth + 1) for _ in range(self.random.choice([0, 1, 2]))]
        return rule

    def condition(self):
        if self.chance(0.35):
            name = self.random.choice(PATHS)
        else:
            name = self.random.choice(TRAITS)
        near = self.near(name)
        operator = self.random.choice(
            EQUALITY * 3 + ORDERS * 2
            + ["IN", "IN", "CONTAINS", "NOT_CONTAINS", "REGEX", "REGEX", "MODULO", "PERCENTAGE_SPLIT",
               "PERCENTAGE_SPLIT", "IS_SET", "IS_NOT_SET", "SOMETHING_NEW"])
        condition = {"property": name, "operator": operator}
        if operator == "PERCENTAGE_SPLIT" and self.chance(0.3):
            condition["property"] = ""
        value = self.operand(operator, near)
        if value is not MISSING:
            condition["value"] = value
        return condition

    def near(self, name):
        """A value that a context may have there, or something else."""
        if name in self.values and self.chance(0.8):
            return self.random.choice(self.values[name])
        return self.value()

    def operand(self, operator, near):
        text = near if isinstance(near, str) else str(near)
        if operator == "IN":
            return self.list_operand(text)
        if operator in ("IS_SET", "IS_NOT_SET"):
            return self.random.choice(["", None, MISSING])
        if operator == "PERCENTAGE_SPLIT":
            return self.random.choice(["0", "10", "33.3", "50", "50.0", " 75 ", "100", "abc", 25, 60.5, "nan",
                                       "99.99", "1e1", True])
        if operator == "MODULO":
            return self.random.choice(["2|0", "2|1", "3|1", "2.5|0", "-3|-1", "7|0", "a|b", "3", "1|2|3", "",
                                       " 2 | 1 ", "inf|7", "0.1|0"])
        if operator == "REGEX":
            return self.random.choice(PATTERNS)
        if operator in ("CONTAINS", "NOT_CONTAINS"):
            start = self.random.randint(0, 2)
            return self.random.choice([text[start:start + 2], "", text, "pro", 5, None, "rc.1:semver"])
        choice = self.random.random()
        if choice < 0.12:
            return self.random.choice(["1.2.3", "2.0.0", "2.0.0-rc.1", "1.2", "x", "1.9.9"]) + ":semver"
        if choice < 0.22:
            return self.random.choice(["0", "no", "False", "false", "true", " 42 ", "4_2", "+42", "nan", "inf", "0x10",
                                       "3.0", "-0", "1e3", "Infinity", "4__2", "_4", "-7.250", "-inf"])
        if choice < 0.30:
            return self.random.choice([5, 42, 3.5, True, None, 42.9, False, 0, -0.5])
        return text

    def list_operand(self, text):
        several = self.random.sample(TEXTS, 2) + [text]
        self.random.shuffle(several)
        return self.random.choice([
            ",".join(several), json.dumps(several, ensure_ascii=False), several,
            "[" + ",".join(several), [42, 3.0, True, None, text, -7], "[42, 3.5, true, null]",
            "[" + text + "]", "", "[]", json.dumps([text]), '{"a": 1}', '["é", ["x", 1.0]]', "[1e3, 1E-7]",
        ])

    def context(self):
        if self.chance(0.04):
            return self.random.choice([{}, {"identity": None}])
        identity = {"identifier": self.random.choice(["user-1", "ü", ""]) + str(self.random.randint(0, 999))}
        if self.chance(0.6):
            identity["key"] = self.random.choice([f"key-{self.random.randint(0, 9999)}", "", "55", "-1.5"])
        if self.chance(0.93):
            names = self.random.sample(TRAITS, self.random.randint(0, len(TRAITS)))
            identity["traits"] = {name: self.random.choice(self.values[name]) for name in names}
            if self.chance(0.3):
                identity["traits"]["list"] = self.random.choice([["a", "7"], [], [True, 2.5, {"k": 1}]])
                identity["traits"]["object"] = {"k": self.random.choice(["deep", "12", 4, None])}
        return {"identity": identity}


MISSING = object()


def answer(document, context):
    """What the engine says, or None where it raises."""
    # The engine may keep parts of what it is given, so it gets a copy.
    asked = json.loads(json.dumps({**document, **context}))
    try:
        result = get_evaluation_result(asked)
    except Exception:  # noqa: BLE001: anything it raises means that it has no answer
        return None
    # A variant's or feature's value may be what only Python can write; JSON must take it back.
    return json.loads(json.dumps({"flags": result["flags"], "segments": result["segments"]}))


def write(seed, count, out):
    (out / "documents").mkdir(parents=True, exist_ok=True)
    recorded_from = "flagsmith-flag-engine " + version("flagsmith-flag-engine")
    written, dropped, place = 0, 0, 0
    with open(out / "cases.jsonl", "w", encoding="utf-8") as cases:
        while written < count:
            generator = Generator(f"{seed}/{place}")
            document = generator.document()
            name = f"documents/{place:05}.json"
            (out / name).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
            for number in range(CONTEXTS_PER_DOCUMENT):
                context = generator.context()
                expected = answer(document, context)
                if expected is None:
                    dropped += 1
                    continue
                case = {
                    "id": f"flagsmith/oracle/{seed}/{place}/{number}", "vendor": "flagsmith",
                    "suite": "oracle", "kind": "evaluation-result", "document": name, "flag": None,
                    "context": context, "expected": expected, "recorded_from": recorded_from,
                }
                cases.write(json.dumps(case, ensure_ascii=False) + "\n")
                written += 1
            place += 1
    print(f"{written} cases in {place} documents; {dropped} dropped because the engine raised")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    write(arguments.seed, arguments.count, arguments.out)


if __name__ == "__main__":
    main()
