"""Asks go-feature-flag's own evaluator, compiled to WebAssembly, offline, about random documents.

    python oracle.py --seed 1 --count 3000 --out DIR

writes `DIR/documents/*.json` and `DIR/cases.jsonl`.

Left out, because this evaluator traps or remembers the operand of an earlier comparison, which later versions mend:
queries whose path leads through something that is missing or no object, and queries that are none.
Whole numbers inside of objects, and among what the server adds, are floats to it and never in a list of integers.
"""

import argparse
import json
import logging
import pathlib
import random
from importlib.metadata import version

import wasmtime
from gofeatureflag_python_provider.wasm import wasi_runtime

WORDS = ["a", "B", "abc", "ABC", "bc", "é", "É", "", "1.2.3", "a b", "1", "true", "ſ", "K"]
INTEGERS = [-2, -1, 0, 1, 2, 10, 42]
FLOATS = [-1.5, 0.5, 1.0, 1.5, 9.99, 42.0]
VERSIONS = ["1.2.3", "1.2.4", "1.10.0", "1.2.3-rc.1", "1.2.3-rc.10", "1.2.3+b", "0.9.0"]
DATES = ["2024-01-01T00:00:00Z", "2024-03-01T12:00:00Z", "2024-06-01T00:00:00Z", "2024-09-01T00:00:00+02:00"]
NOWS = DATES + ["2023-12-31T23:59:59Z", "2024-01-01T00:00:01Z", "2024-04-15T06:30:15.5Z", "2025-01-01T00:00:00Z", "soon"]
VARIATIONS = ["Default", "True", "False", "a", "é"]


class Evaluator:
    """The evaluator that the vendor's Python provider ships."""

    def __init__(self):
        self.engine = wasmtime.Engine()
        self.module = wasmtime.Module.from_file(self.engine, str(wasi_runtime._default_wasi_path()))
        self.begin()

    def begin(self):
        slot = wasi_runtime._create_slot(self.engine, self.module)
        self.store, self.memory, self.malloc, self.free, self.evaluate = slot

    def answer(self, key, flag, context, default, enrichment):
        asked = {
            "flagKey": key, "flag": flag, "evalContext": context,
            "flagContext": {"defaultSdkValue": default, "evaluationContextEnrichment": enrichment},
        }
        data = json.dumps(asked).encode()
        place = self.malloc(self.store, len(data) + 1)
        self.memory.write(self.store, data + b"\0", place)
        try:
            packed = self.evaluate(self.store, place, len(data))
        except (wasmtime.Trap, wasmtime.WasmtimeError):
            self.begin()
            return None
        start, length = packed >> 32 & 0xFFFFFFFF, packed & 0xFFFFFFFF
        answer = json.loads(self.memory.read(self.store, start, start + length))
        self.free(self.store, place)
        # Words of its own for each mistake, of which only the code is a promise.
        answer.pop("errorDetails", None)
        return answer


class Generator:
    def __init__(self, random):
        self.random = random

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, items):
        return self.random.choice(items)

    def text(self, value):
        return json.dumps(value, ensure_ascii=False)

    # Queries

    def query(self, depth=0):
        if depth < 3 and self.chance(0.4):
            joint = self.pick([" and ", " or "])
            return self.query(depth + 1) + joint + self.query(depth + 1)
        if depth < 3 and self.chance(0.25):
            return self.pick(["(", "not (", "NOT(", "( "]) + self.query(depth + 1) + self.pick([")", " )"])
        return self.comparison()

    def comparison(self):
        path = self.pick(["t", "t", "n", "n", "f", "b", "v", "o.t", "o.n", "o.p.q", "key", "targetingKey", "anonymous", "missing"])
        if self.chance(0.1):
            return f"{path} pr"
        operators = self.pick([["eq", "ne", "EQ", "=="], ["eq", "ne"], ["gt", "lt", "ge", "le", ">="], ["co", "sw", "ew"]])
        value = self.pick([
            lambda: self.text(self.pick(WORDS)), lambda: self.text(self.pick(WORDS)), lambda: str(self.pick(INTEGERS)),
            lambda: str(self.pick(FLOATS)), lambda: self.pick(["true", "false"]), lambda: "null", lambda: self.pick(VERSIONS),
        ])
        if self.chance(0.2):
            lists = [
                [self.text(word) for word in self.random.sample(WORDS, 3)], [str(n) for n in self.random.sample([0, 1, 2, 10, 42], 2)],
                [str(n) for n in self.random.sample(FLOATS, 3)],
            ]
            return f"{path} {self.pick(['in', 'in', 'IN', 'eq'])} [{self.pick([', ', ','], ).join(self.pick(lists))}]"
        return f"{path} {self.pick(operators)} {value()}"

    # Documents

    def flag(self):
        names = self.random.sample(VARIATIONS, self.random.randint(2, 4))
        flag = {"variations": {name: self.pick([True, False, name, 1, 2.5, {"n": name}, [name], None]) for name in names}}
        if self.chance(0.8):
            flag["targeting"] = [self.rule(names, f"rule{n}") for n in range(self.random.randint(0, 3))]
        if self.chance(0.97):
            flag["defaultRule"] = {k: v for k, v in self.rule(names, "default").items() if k != "query"}
        optional = {
            "disable": (0.08, lambda: self.chance(0.7)), "trackEvents": (0.2, lambda: self.chance(0.5)),
            "version": (0.3, lambda: self.pick(["1", "2.0.0", ""])), "metadata": (0.3, lambda: {"owner": "é", "n": 1}),
            "bucketingKey": (0.15, lambda: self.pick(["t", "o.t", "missing", "n", "", "targetingKey"])),
            "experimentation": (0.15, self.experiment),
            "scheduledRollout": (0.3, lambda: [self.step(names) for _ in range(self.random.randint(0, 3))] if "defaultRule" in flag else []),
        }
        return flag | {name: make() for name, (probability, make) in optional.items() if self.chance(probability)}

    def rule(self, names, name):
        rule = {"query": self.query()} if self.chance(0.9) else {}
        if self.chance(0.8):
            rule["name"] = name
        served = self.pick(["variation", "variation", "percentage", "percentage", "progressiveRollout", "nothing"])
        if served == "variation":
            rule["variation"] = self.pick(names + ["unknown"])
        elif served == "percentage":
            rule["percentage"] = {name: self.pick([0, 1, 10, 33.333, 50, 100]) for name in names}
        elif served == "progressiveRollout":
            rule["progressiveRollout"] = {"initial": self.stage(names), "end": self.stage(names)}
        if self.chance(0.1):
            rule["disable"] = self.chance(0.7)
        return rule

    def stage(self, names):
        stage = {"variation": self.pick(names), "percentage": self.pick([0, 5, 50, 99.5, 100, 120]), "date": self.pick(DATES)}
        return {key: value for key, value in stage.items() if self.chance(0.95)}

    def experiment(self):
        return {end: self.pick(DATES) for end in ("start", "end") if self.chance(0.7)}

    def step(self, names):
        step = {"date": self.pick(DATES)}
        if self.chance(0.6):
            step["targeting"] = [self.rule(names, f"rule{self.random.randint(0, 4)}") for _ in range(self.random.randint(1, 2))]
        if self.chance(0.5):
            change = self.rule(names, "default")
            change.pop("query", None)
            if "percentage" in change and self.chance(0.4):
                change["percentage"][self.pick(names)] = -1
            step["defaultRule"] = change
        for name, make in {"disable": lambda: self.chance(0.5), "experimentation": self.experiment, "version": lambda: "9"}.items():
            if self.chance(0.15):
                step[name] = make()
        return step if self.chance(0.95) else {k: v for k, v in step.items() if k != "date"}

    # Contexts

    def context(self):
        odd = [None, True, 1, 1.5, "a", ["a"], {"a": 1}]
        context = {"o": {"t": self.pick(WORDS), "n": self.pick(INTEGERS + FLOATS), "p": {"q": self.pick(odd)}}}
        values = {"t": WORDS, "n": INTEGERS + FLOATS, "f": FLOATS, "b": [True, False], "v": VERSIONS, "anonymous": [True, False, "yes"]}
        for name, usual in values.items():
            if self.chance(0.85):
                context[name] = self.pick(odd if self.chance(0.12) else usual)
        if self.chance(0.95):
            context["targetingKey"] = self.pick(["", "a", "abc", "é"]) if self.chance(0.3) else f"user-{self.random.randint(0, 99_999)}"
        # Without it the answer would depend on the clock.
        context["gofeatureflag"] = {"currentDateTime": self.pick(NOWS[:-1])}
        return context


def cases(seed, count, out):
    generator, evaluator = Generator(random.Random(seed)), Evaluator()
    source = f"gofeatureflag-python-provider {version('gofeatureflag-python-provider')}"
    made = 0
    while made < count:
        document = {f"flag-{n}": generator.flag() for n in range(8)}
        name = f"documents/{made:06}.json"
        (out / name).write_text(json.dumps(document, ensure_ascii=False, indent=1))
        for _ in range(min(80, count - made)):
            flag, context = generator.pick(list(document)), generator.context()
            enrichment = generator.pick([{}, {}, {}, {"t": "abc", "b": True}])
            expected = evaluator.answer(flag, document[flag], context, "default", enrichment)
            if expected is None:
                continue
            yield {
                "id": f"go-feature-flag/oracle/{seed}/{made}", "vendor": "go-feature-flag", "suite": "oracle", "recorded_from": source,
                "kind": "flag", "document": name, "flag": flag, "context": context, "default": "default", "enrichment": enrichment,
                "expected": expected,
            }
            made += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    (arguments.out / "documents").mkdir(parents=True, exist_ok=True)
    with open(arguments.out / "cases.jsonl", "w", encoding="utf-8") as file:
        for case in cases(arguments.seed, arguments.count, arguments.out):
            file.write(json.dumps(case, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
