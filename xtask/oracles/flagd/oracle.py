"""Random flagd documents and contexts, answered by flagd's own in-process evaluator.

The evaluator is the package openfeature-flagd-core, which the Python provider runs in process; it
needs no network. Whatever a targeting comes to becomes the name of a variant, so an answer that
differs in one digit differs in the variant.

Left out, because the evaluator alone does it that way:
* It refuses the whole document for one flag without `state` or `variants`; we fail that flag.
* Evaluators whose text is escaped in JSON break the document or are not found.
* A `Float` call takes booleans for 0.0 and 1.0.
* Names of lists and objects are Python's, integers have no end.
"""

import argparse
import contextlib
import io
import json
import logging
import pathlib
import random
from importlib.metadata import version

from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.contrib.tools.flagd.core.targeting import targeting as target
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import OpenFeatureError

PACKAGE = "openfeature-flagd-core"
TEXTS = ["", "a", "b", "ab", "abc", "ABC", "é", "日本", "😀x", " ", "0", "1", "-1", "1.5", "1e3",
         " 12 ", "1_000", "abc1", "inf", "nan", "Infinity", "true", "null", "a,b", "a.b", "x y"]
NUMBERS = [0, 1, -1, 2, 3, 7, 10, 100, -5, 0.0, -0.0, 1.0, 0.5, -1.5, 2.25, 0.1, 1e3, 1e15, 1e16,
           1e20, 1e-5, 1e-7, 123456789.125, 2**31, 2**53, 2**53 + 1, -(2**40)]
VERSIONS = ["1.0.0", "v1.0.0", "V2.1.3", "1", "1.2", "2.0.0-rc.1", "1.2-beta", "1.2.3+build.5",
            "01.2.3", "2.0.0.0", "latest", "", "1.10.0", "1.9.9", "3.0.0-alpha.2", "3.0.0-alpha.10"]
NAMES = ["n", "m", "t", "u", "flag", "list", "words", "users", "obj", "version", "deep", "nothing"]
PATHS = NAMES + ["obj.a", "obj.b.c", "list.0", "list.5", "list.length", "words.1", "users.0.age",
                 "t.length", "t.0", "deep.x.y.z", "list.00", "list.-1", "users.1.name.0", "n.x",
                 "", "targetingKey", "$flagd.flagKey", "$flagd.nope", "$flagd"]
VALUE_TYPES = {bool: "Boolean", str: "String", int: "Integer", float: "Float", dict: "Object",
               list: "Object"}


class Maker:
    """Makes random logic, contexts and documents."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.evaluators = []

    def one(self, of):
        return self.random.choice(of)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def several(self, make, least, most):
        return [make() for _ in range(self.random.randint(least, most))]

    def scalar(self):
        kind = self.random.random()
        if kind < 0.4:
            return self.one(TEXTS)
        if kind < 0.8:
            return self.one(NUMBERS)
        return self.one([True, False, None])

    def value(self, depth=2):
        if depth == 0 or self.chance(70):
            return self.scalar()
        if self.chance(60):
            return self.several(lambda: self.value(depth - 1), 0, 4)
        return {name: self.value(depth - 1) for name in self.random.sample(["a", "b", "c", "ü"], 2)}

    def context(self):
        context = {}
        for name in NAMES:
            if self.chance(25):
                continue
            context[name] = self.attribute(name)
        if self.chance(80):
            keys = ["u-1", "u-2", "jane@acme.org", "日本", "", 7, "x" * 300]
            context["targetingKey"] = self.one(keys) if self.chance(40) else self.subject()
        return context

    def subject(self):
        return f"user-{self.random.randrange(100_000)}"

    def attribute(self, name):
        if name == "list":
            return self.several(lambda: self.one(NUMBERS[:12]), 0, 20 if self.chance(10) else 5)
        if name == "words":
            return self.several(lambda: self.one(TEXTS[:8]), 0, 4)
        if name == "users":
            return self.several(self.user, 0, 3)
        if name == "version":
            return self.one(VERSIONS) if self.chance(80) else self.one([1, 1.2, 2.0, True, None])
        if name == "obj":
            return {"a": self.scalar(), "b": {"c": self.scalar()}}
        if name in ("n", "m") and self.chance(70):
            return self.one(NUMBERS)
        if name in ("t", "u") and self.chance(70):
            return self.one(TEXTS)
        return self.value()

    def user(self):
        user = {"age": self.random.randint(0, 90), "name": self.one(TEXTS)}
        if self.chance(30):
            user["targetingKey"] = self.subject()
        return user

    def path(self):
        roll = self.random.random()
        if roll < 0.9:
            return self.one(PATHS)
        return self.one([0, 1, 5, -1, 1.0, 0.5, None, True, ["obj", "a"], [],
                         {"cat": ["obj.", {"var": "t"}]}, {"var": "list"}, {"var": "t"}])

    def variable(self):
        path = self.path()
        if self.chance(20):
            return {"var": [path, self.scalar()]}
        return {"var": [path]} if isinstance(path, list) or self.chance(30) else {"var": path}

    def logic(self, depth):
        """Logic of any result."""
        if depth <= 0 or self.chance(15):
            return self.variable() if self.chance(60) else self.scalar()
        kinds = [self.condition, self.comparison, self.arithmetic, self.text, self.lists,
                 self.search, self.custom, self.odd]
        return self.one(kinds)(depth - 1)

    def arguments(self, depth, least, most):
        return self.several(lambda: self.logic(depth), least, most)

    def condition(self, depth):
        operator = self.one(["if", "?:", "and", "or", "!", "!!"])
        if operator in ("!", "!!"):
            return {operator: self.one([self.logic(depth), [self.logic(depth)], []])}
        return {operator: self.arguments(depth, 0 if self.chance(5) else 1, 5)}

    def comparison(self, depth):
        operator = self.one(["==", "!=", "===", "!==", "<", "<=", ">", ">="])
        return {operator: self.arguments(depth, 1 if self.chance(5) else 2, 3)}

    def arithmetic(self, depth):
        operator = self.one(["+", "-", "*", "/", "%", "min", "max"])
        return {operator: self.arguments(depth, 0 if self.chance(5) else 1, 3)}

    def text(self, depth):
        operator = self.one(["cat", "cat", "substr", "in"])
        if operator == "substr":
            numbers = [self.one([0, 1, 2, -1, -2, 9, -9, 1.5, "1", None]) for _ in range(2)]
            return {"substr": [self.logic(depth)] + numbers[: self.random.randint(0, 2)]}
        return {operator: self.arguments(depth, 1, 3)}

    def list_of(self, depth):
        roll = self.random.random()
        if roll < 0.5:
            return {"var": self.one(["list", "words", "users", "deep"])}
        if roll < 0.8:
            return self.arguments(depth, 0, 4)
        return self.lists(depth - 1) if depth > 0 else self.logic(0)

    def element(self, depth):
        paths = ["", "age", "name", "0", "length", "targetingKey", "list"]
        if self.chance(40) or depth <= 0:
            return {"var": self.one(paths)}
        operator = self.one([">", "==", "+", "cat", "*", "%", "in", "===", "!"])
        return {operator: [{"var": self.one(paths)}, self.scalar()]}

    def lists(self, depth):
        operator = self.one(["map", "filter", "merge", "reduce", "missing", "missing_some"])
        if operator == "merge":
            return {"merge": self.arguments(depth, 0, 3)}
        if operator == "missing":
            return {"missing": self.one([self.one(PATHS), self.random.sample(PATHS, 3)])}
        if operator == "missing_some":
            return {"missing_some": [self.one([0, 1, 2, "1", None]), self.random.sample(PATHS, 3)]}
        if operator == "reduce":
            first = self.one([0, "", None, 1.0, [], {"var": "n"}, {"+": [1, 2]}])
            pair = [{"var": "current"}, {"var": "accumulator"}]
            step = {self.one(["+", "cat", "max", "merge", "*", "=="]): pair}
            return {"reduce": [self.list_of(depth), step, first][: self.random.choice([2, 3, 3])]}
        return {operator: [self.list_of(depth), self.element(depth)]}

    def search(self, depth):
        operator = self.one(["all", "some", "none", "in"])
        if operator == "in":
            return {"in": [self.logic(depth), self.list_of(depth)]}
        return {operator: [self.list_of(depth), self.element(depth)]}

    def custom(self, depth):
        operator = self.one(["starts_with", "ends_with", "sem_ver", "fractional", "fractional"])
        if operator == "sem_ver":
            comparison = self.one(["=", "!=", "<", "<=", ">", ">=", "^", "~", "==", "~>"])
            versions = [{"var": "version"}, comparison, self.one(VERSIONS)]
            return {"sem_ver": versions if self.chance(90) else versions[:2]}
        if operator == "fractional":
            return self.fractional(depth)
        texts = [self.one([{"var": "t"}, self.logic(depth)]), self.one(TEXTS)]
        return {operator: texts if self.chance(90) else texts[:1]}

    def fractional(self, depth):
        subjects = [{"var": "t"}, {"var": "n"}, {"var": "obj"}, {"var": "targetingKey"}, None,
                    {"cat": [{"var": "$flagd.flagKey"}, {"var": "targetingKey"}]}, 5, 1.0, True,
                    {"var": "list"}, {"missing": ["n", "m"]}, {"+": [{"var": "n"}, 0.5]}, "seed"]
        first = [self.one(subjects)] if self.chance(60) else []
        weights = [0, 1, 1, 2, 25, 50, 99, 100, -3, 2**30, 1.0, 1.5, True, None,
                   {"+": [1, {"var": "n"}]}, {"if": [{"var": "m"}, 10, 0]}]

        def pair():
            result = self.one(["a", "b", "c", True, 3, None, {"var": "t"}])
            if self.chance(20):
                return [result]
            return [result, self.one(weights[:8]) if self.chance(85) else self.one(weights)]

        pairs = self.several(pair, 0 if self.chance(5) else 1, 4)
        if self.chance(4):
            pairs.append(self.one([[], ["a", 1, 2], "a"]))
        return {"fractional": first + pairs}

    def odd(self, depth):
        roll = self.random.random()
        if roll < 0.35 and self.evaluators:
            return {"$ref": self.one(self.evaluators)}
        if roll < 0.5:
            return {self.one(["nope", "var.x", "cat.", ".", "$ref"]): self.one(["x", []])}
        if roll < 0.7:
            return self.one([{}, {"a": 1, "b": [2]}, [], [1, "a"], [self.logic(depth)]])
        if roll < 0.8:
            return {"log": [self.logic(depth)]}
        if roll < 0.9 and self.evaluators:
            return {self.one(["and", "cat", "+"]): {"$ref": self.one(self.evaluators)}}
        return self.condition(depth)

    def document(self, flags):
        names = ["is_a", "list_of_two", "is b", "later"]
        self.evaluators = names + ["missing"]
        evaluators = {name: ascii_only(self.logic(3)) for name in names}
        evaluators["list_of_two"] = ascii_only(self.arguments(2, 2, 2))
        document = {"flags": {f"flag-{at}": self.flag() for at in range(flags)}}
        if self.chance(90):
            document["$evaluators"] = evaluators
        if self.chance(50):
            document["metadata"] = {"version": "3", "both": 1, "set": True, "ratio": 0.5}
        return document

    def flag(self):
        flag = {"state": "DISABLED" if self.chance(3) else "ENABLED", "variants": self.variants()}
        if self.chance(85):
            names = list(flag["variants"])
            flag["defaultVariant"] = self.one(names + [None, "", "gone", {}, 0] if self.chance(20) else names)
        if self.chance(95):
            logic = self.logic(self.random.randint(1, 5))
            flag["targeting"] = self.one([logic, {"cat": [logic]}, {"if": [logic, "yes", "no"]}])
            if not isinstance(flag["targeting"], dict):
                flag["targeting"] = {"if": [flag["targeting"]]}
        if self.chance(30):
            flag["metadata"] = {"both": "mine", "count": self.one([1, 1.0])}
        return flag

    def variants(self):
        kinds = [["one", "two"], [True, False], [1, 2], [0.5, 1.0], [{"a": 1}, {}], [[1], []]]
        return dict(zip(["a", "b"], self.one(kinds) + [None]))


def ascii_only(logic):
    """Evaluators are pasted as text: what JSON escapes breaks them."""
    text = json.dumps(logic)
    return logic if "\\" not in text else {"var": "t"}


def name_of(outcome):
    """The variant that an outcome names."""
    if isinstance(outcome, bool):
        return str(outcome).lower()
    return outcome if isinstance(outcome, str) else str(outcome)


def openfeature(context):
    attributes = dict(context)
    return EvaluationContext(attributes.pop("targetingKey", None), attributes)


def add_outcomes(document, contexts):
    """Makes variants of what the targeting of every flag comes to."""
    core = FlagdCore()
    core.set_flags(json.dumps(document))
    for key, flag in document["flags"].items():
        for context in contexts:
            try:
                logic = core._flag_store.get_flag(key).targeting
                outcome = target(key, logic, openfeature(context)) if logic else None
            except Exception:
                continue
            if isinstance(outcome, (str, bool, int, float)) and name_of(outcome):
                example = next(iter(flag["variants"].values()))
                flag["variants"].setdefault(name_of(outcome), example)


def ask(core, key, value_type, default, context):
    """What the evaluator answers, in the words of a case."""
    resolve = getattr(core, f"resolve_{value_type.lower()}_value")
    try:
        found = resolve(key, default, openfeature(context))
    except OpenFeatureError as error:
        return failed(default, error.error_code.value)
    except Exception:
        return failed(default, "GENERAL")
    return {
        "value": found.value,
        "variant": found.variant,
        "reason": found.reason.value,
        "errorCode": None,
        "metadata": dict(found.flag_metadata),
    }


def failed(default, code):
    return {"value": default, "reason": "ERROR", "errorCode": code}


def cases_of(maker, document, contexts, path):
    core = FlagdCore()
    core.set_flags(json.dumps(document))
    defaults = {"Boolean": True, "String": "mine", "Integer": 42, "Float": 0.25, "Object": {"d": 1}}
    for key in list(document["flags"]) + ["unknown"]:
        for context in contexts:
            value = next(iter(document["flags"].get(key, {"variants": {"a": 1}})["variants"].values()))
            value_type = VALUE_TYPES[type(value)]
            if maker.chance(5):
                value_type = maker.one(list(defaults))
            if value_type == "Float" and isinstance(value, bool):
                value_type = "Integer"
            default = defaults[value_type]
            yield {
                "vendor": "flagd",
                "suite": "oracle",
                "kind": "flag",
                "document": path,
                "flag": key,
                "value_type": value_type,
                "default": default,
                "context": context,
                "expected": ask(core, key, value_type, default, context),
                "recorded_from": f"{PACKAGE} {version(PACKAGE)}",
            }


def write(maker, count, out):
    (out / "documents").mkdir(parents=True, exist_ok=True)
    written = 0
    with open(out / "cases.jsonl", "w", encoding="utf-8") as cases:
        while written < count:
            document = maker.document(20)
            contexts = maker.several(maker.context, 5, 5)
            add_outcomes(document, contexts)
            path = f"documents/{written}.json"
            (out / path).write_text(json.dumps(document, indent=1), encoding="utf-8")
            for case in cases_of(maker, document, contexts, path):
                case["id"] = f"flagd/oracle/{written}"
                cases.write(json.dumps(case) + "\n")
                written += 1


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=3000)
    options.add_argument("--out", type=pathlib.Path, required=True)
    asked = options.parse_args()
    logging.disable(logging.CRITICAL)
    # The operator `log` prints.
    with contextlib.redirect_stdout(io.StringIO()):
        write(Maker(asked.seed), asked.count, asked.out)


if __name__ == "__main__":
    main()
