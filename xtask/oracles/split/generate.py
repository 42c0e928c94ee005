"""Random documents and contexts in Split's own shape.

Left out on purpose, because the SDK refuses the whole payload or raises, and the other SDKs of the vendor differ:
flags with missing or mistyped required keys, references to rule-based segments that do not exist, circles.
"""

from vocabulary import (
    INTEGERS, KEYS, MILLISECONDS, NUMBER_TEXTS, ODD, PATTERNS, SECONDS, SETS, TEXTS, VERSIONS, WORDS,
)

TREATMENTS = ["on", "off", "v1", "v2", "control"]
SEGMENTS = ["s0", "s1", "s2"]


class Generator:
    """Draws everything from one random source."""

    def __init__(self, random):
        self.random = random

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, items):
        return self.random.choice(items)

    def some(self, items, least, most):
        return [self.pick(items) for _ in range(self.random.randint(least, most))]

    # Documents

    def document(self):
        """A document with its ordinary segments: `(document, segments)`."""
        segments = {name: self.some(KEYS, 0, 8) for name in SEGMENTS}
        rule_based = [self.rule_based(place) for place in range(self.random.randint(0, 5))]
        names = [segment["name"] for segment in rule_based if segment["status"] == "ACTIVE"]
        flags = []
        for place in range(self.random.randint(6, 14)):
            flags.append(self.flag(f"f{place}", [flag["name"] for flag in flags], names))
        if self.chance(0.1):
            flags.append({**self.flag("f0", [], names), "status": self.pick(["ACTIVE", "ARCHIVED"])})
        if self.chance(0.8):
            return {"ff": {"s": -1, "t": 9, "d": flags}, "rbs": {"s": -1, "t": 9, "d": rule_based}}, segments
        return {"splits": [self.older(flag) for flag in flags], "since": -1, "till": 9}, segments

    def older(self, flag):
        """The older document form knows no rule-based segments."""
        for condition in flag["conditions"]:
            group = condition["matcherGroup"]
            group["matchers"] = [m for m in group["matchers"] if m["matcherType"] != "IN_RULE_BASED_SEGMENT"]
        return flag

    def flag(self, name, earlier, rule_based):
        flag = {
            "name": name,
            "trafficTypeName": "user",
            "changeNumber": self.random.randint(1, 99),
            "seed": self.seed(),
            "status": "ARCHIVED" if self.chance(0.04) else "ACTIVE",
            "killed": self.chance(0.05),
            "defaultTreatment": self.pick(["off", "off", "off", "default", "control"]),
            "conditions": [self.condition(earlier, rule_based) for _ in range(self.random.randint(0, 4))],
        }
        optional = {
            "algo": self.pick([1, 2, 2, 2, 3, None]),
            "trafficAllocation": self.pick([100, 100, 0, 1, 30, 50, 50.5, 99, 150, -1, None]),
            "trafficAllocationSeed": self.seed(),
            "configurations": self.pick([None, {}, {"on": "{\"size\": 1}", "off": None}, {"v1": "ü", "control": "never"}]),
            "sets": self.pick([None, [], ["set_1"]]),
            "impressionsDisabled": self.chance(0.5),
            "prerequisites": self.prerequisites(earlier),
        }
        # Without its seed a traffic allocation cannot be computed.
        always = {"trafficAllocationSeed"}
        return flag | {key: value for key, value in optional.items() if key in always or self.chance(0.85)}

    def seed(self):
        return self.pick([0, 1, -1, self.random.randint(-(2**31), 2**31 - 1), self.random.randint(-(2**31), 2**31 - 1)])

    def prerequisites(self, earlier):
        if self.chance(0.75):
            return self.pick([None, []])
        return [
            {"n": self.pick(earlier + ["ghost"]), "ts": self.some(TREATMENTS, 0, 4)}
            for _ in range(self.random.randint(1, 2))
        ]

    def condition(self, earlier, rule_based):
        condition = {
            "matcherGroup": {
                "combiner": "AND",
                "matchers": [self.matcher(earlier, rule_based) for _ in range(self.pick([0, 1, 1, 1, 1, 1, 2, 2, 3]))],
            },
            "partitions": self.partitions(),
        }
        if self.chance(0.9):
            condition["conditionType"] = self.pick(["ROLLOUT", "ROLLOUT", "WHITELIST"])
        if self.chance(0.9):
            condition["label"] = self.pick(["default rule", "in segment all", "whitelisted", "Ünï"])
        return condition

    def partitions(self):
        if self.chance(0.3):
            return [{"treatment": self.pick(TREATMENTS[:4]), "size": 100}]
        if self.chance(0.05):
            return self.pick([[], None])
        rest, partitions = self.pick([100, 100, 100, 99, 60, 130]), []
        for _ in range(self.random.randint(1, 4)):
            size = min(100, self.pick([0, 1, 10, 33, 33.3, 50, rest]))
            partitions.append({"treatment": self.pick(TREATMENTS), "size": size})
        return partitions

    def rule_based(self, place):
        """A rule-based segment that refers only to those before it."""
        earlier = [f"r{index}" for index in range(place)]
        excluded = [
            {"name": self.pick(SEGMENTS + ["nowhere"]), "type": self.pick(["standard", "standard", "large"])}
            for _ in range(self.pick([0, 0, 1, 2]))
        ] + [{"name": self.pick(earlier), "type": "rule-based"} for _ in range(self.pick([0, 1, 2])) if earlier]
        self.random.shuffle(excluded)
        segment = {
            "name": f"r{place}",
            "trafficTypeName": "user",
            "changeNumber": 1,
            "status": "ACTIVE",
            "conditions": [self.condition([], earlier) for _ in range(self.random.randint(0, 3))],
            "excluded": {"keys": self.some(KEYS, 0, 4), "segments": excluded},
        }
        for condition in segment["conditions"]:
            del condition["partitions"]
        if self.chance(0.2):
            segment["excluded"] = self.pick([None, {}, {"keys": None, "segments": None}])
        return segment

    # Matchers

    def matcher(self, earlier, rule_based):
        if self.chance(0.02):
            return {"keySelector": None, "matcherType": self.pick(["BRAND_NEW", "all_keys"]), "negate": self.chance(0.5)}
        build = self.pick([
            self.all_keys, self.whitelist, self.whitelist, self.in_segment, self.number, self.number, self.between, self.set,
            self.set, self.text, self.text, self.pattern, self.boolean, self.version, self.version, self.version_between,
            self.version_list, self.dependency, self.in_rule_based,
        ])
        attribute, matcher = build(earlier, rule_based)
        selector = {"trafficType": "user", "attribute": attribute}
        if attribute is None or self.chance(0.25):
            selector = self.pick([None, {"trafficType": "user"}, {"trafficType": "user", "attribute": None}])
        return {"keySelector": selector, "negate": self.chance(0.35)} | matcher

    def all_keys(self, *_):
        return self.pick([None, "t"]), {"matcherType": "ALL_KEYS"}

    def in_segment(self, *_):
        data = {"segmentName": self.pick(SEGMENTS + ["nowhere"])}
        return self.pick([None, "t"]), {"matcherType": "IN_SEGMENT", "userDefinedSegmentMatcherData": data}

    def in_rule_based(self, _, rule_based):
        if not rule_based:
            return self.all_keys()
        data = {"segmentName": self.pick(rule_based)}
        return self.pick([None, "t"]), {"matcherType": "IN_RULE_BASED_SEGMENT", "userDefinedSegmentMatcherData": data}

    def whitelist(self, *_):
        attribute = self.pick([None, "t", "x"])
        words = self.some(KEYS if attribute is None else TEXTS + WORDS, 0, 5)
        return attribute, {"matcherType": "WHITELIST", "whitelistMatcherData": {"whitelist": words}}

    def set(self, *_):
        names = ["CONTAINS_ALL_OF_SET", "CONTAINS_ANY_OF_SET", "EQUAL_TO_SET", "PART_OF_SET"]
        return "s", {"matcherType": self.pick(names), "whitelistMatcherData": {"whitelist": self.pick(SETS)}}

    def text(self, *_):
        names = ["STARTS_WITH", "ENDS_WITH", "CONTAINS_STRING"]
        return self.pick(["t", "x"]), {"matcherType": self.pick(names), "whitelistMatcherData": {"whitelist": self.some(WORDS, 0, 3)}}

    def pattern(self, *_):
        return self.pick(["t", "x"]), {"matcherType": "MATCHES_STRING", "stringMatcherData": self.pick(PATTERNS)}

    def boolean(self, *_):
        return self.pick(["b", "b", "t"]), {"matcherType": "EQUAL_TO_BOOLEAN", "booleanMatcherData": self.chance(0.5)}

    def number(self, *_):
        names = ["EQUAL_TO", "GREATER_THAN_OR_EQUAL_TO", "LESS_THAN_OR_EQUAL_TO"]
        kind, attribute, values = self.numbers()
        data = {"dataType": kind, "value": self.pick(values)}
        return attribute, {"matcherType": self.pick(names), "unaryNumericMatcherData": data}

    def between(self, *_):
        kind, attribute, values = self.numbers()
        data = {"dataType": kind, "start": self.pick(values), "end": self.pick(values)}
        return attribute, {"matcherType": "BETWEEN", "betweenMatcherData": data}

    def numbers(self):
        if self.chance(0.5):
            return "NUMBER", "n", INTEGERS + [10.5, 42.0]
        return "DATETIME", "d", MILLISECONDS

    def version(self, *_):
        names = ["EQUAL_TO_SEMVER", "GREATER_THAN_OR_EQUAL_TO_SEMVER", "LESS_THAN_OR_EQUAL_TO_SEMVER"]
        return "v", {"matcherType": self.pick(names), "stringMatcherData": self.pick(VERSIONS)}

    def version_between(self, *_):
        data = {"start": self.pick(VERSIONS), "end": self.pick(VERSIONS)}
        return "v", {"matcherType": "BETWEEN_SEMVER", "betweenStringMatcherData": data}

    def version_list(self, *_):
        return "v", {"matcherType": "IN_LIST_SEMVER", "whitelistMatcherData": {"whitelist": self.some(VERSIONS, 0, 5)}}

    def dependency(self, earlier, _):
        data = {"split": self.pick(earlier + ["ghost"]), "treatments": self.some(TREATMENTS, 0, 4)}
        return None, {"matcherType": "IN_SPLIT_TREATMENT", "dependencyMatcherData": data}

    # Contexts

    def context(self):
        key = self.pick(KEYS) if self.chance(0.6) else f"user-{self.random.randint(0, 10_000)}"
        bucketing_key = self.pick(["", "bucket-ü", f"b{self.random.randint(0, 10_000)}"]) if self.chance(0.3) else None
        attributes = {}
        usual = {
            "t": TEXTS, "x": ODD, "s": SETS + ["abc", "ab", "a"], "b": [True, False, *TEXTS], "n": INTEGERS + NUMBER_TEXTS,
            "d": SECONDS, "v": VERSIONS,
        }
        for name, values in usual.items():
            if self.chance(0.85):
                attributes[name] = self.pick(ODD if self.chance(0.12) else values)
        return {"key": key, "bucketingKey": bucketing_key, "attributes": attributes if attributes or self.chance(0.5) else None}

    def fallback(self):
        """Treatments in place of `control`, for a tenth of the documents' cases."""
        if not self.chance(0.1):
            return None
        treatment = lambda: {"treatment": self.pick(["fb", "on", "off"]), "config": self.pick([None, "{\"fallback\": true}"])}
        return {
            "global": self.pick([None, treatment()]),
            "byFlag": {name: treatment() for name in ("f0", "f1", "ghost") if self.chance(0.5)},
        }
