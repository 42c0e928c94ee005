"""Random documents: flags and segments with every construct, and some that are broken.

What is left out, because the conformance data says otherwise or the SDKs disagree:
* lists, objects and null among a clause's values: Python compares them, others never do;
* times with a one-digit hour, which Go reads, or without seconds, with a blank for the `T` or
  a zone without colon, which Python reads;
* numbers of milliseconds with a fraction, which Go drops;
* look-around in patterns, which Go does not have;
* whole numbers written as floats where somebody is bucketed, which Go takes for integers;
"""

KINDS = ["user", "user", "org", "device"]
KEYS = ["u-1", "u-2", "u-3", "o-1", "o-2", "d-1", "é", "a:b", "50%", "key with spaces"]
COUNTRIES = ["DE", "FR", "de", "", "Ünited", "D"]
VERSIONS = [
    "2", "2.0", "2.0.0", "2.1", "2.0.1", "2-rc", "2.0-rc", "2.0.0-rc.1", "2.0.0-rc.1+b", "2.0.0+b",
    "2.0.0-rc.2", "2.0.0-rc.10", "2.0.0-alpha", "10.0.0", "v2.0.0", "2.0.0.0", "02.0.0", "2.", "",
    ".2", "2.x", "2.0.0-", "2.0.0-01", "2.0.0-a..b", " 2.0.0", "1.99.99", "2-2", "2+b", "-1",
]  # fmt: skip
TIMES = [
    "2024-05-01T10:00:00Z", "2024-05-01T12:00:00+02:00", "2024-05-01T05:30:00-04:30",
    "2024-05-01T10:00:00.5Z", "2024-05-01T10:00:00.123456Z", "2024-05-01T09:59:59.999999Z",
    "2024-05-01t10:00:00z", "2024-05-01", "2024-05-01T10:00:00",
    "2024-13-01T10:00:00Z", "2024-02-30T10:00:00Z", "1714557600000", "",
    "2024-05-01T25:00:00Z", "24-05-01T10:00:00Z", "2024-05-01T10:00:00X", "soon",
    1714557600000, 1714557600001, 1714557599999, 0, -1, 1e12, True,
]  # fmt: skip
PATTERNS = ["^D", "e$", "[A-Z]{2}", "(", "", ".", "rc\\.\\d+", "^$", "É|é", "(?i)de", "[", "a{2,1}"]
PATHS = ["/address/city", "/address/geo/zip", "/address", "/a~1b", "/~0t", "/tags/0", "/key/x", "/name"]
BAD_REFERENCES = ["", "/", "//", "/a//b", "/address/", "/~2", "/a~", "/~"]
NAMES = [
    "country", "age", "score", "beta", "version", "created", "tags", "mixed", "email", "name",
    "anonymous", "key", "kind", "address", "a/b", "/odd", "~t", "missing", "_meta", "id",
]  # fmt: skip
NUMBERS = [0, 1, -1, 17, 18, 18.0, 18.5, 99999, 3.25, 1e3, -0.5]
OPERATORS = {
    "in": ["country", "age", "score", "beta", "tags", "mixed", "key", "kind", "anonymous", "a/b", "/odd", "id", "name"],
    "startsWith": ["country", "email", "tags", "key", "kind"],
    "endsWith": ["country", "email", "tags", "mixed"],
    "contains": ["country", "email", "tags", "kind"],
    "matches": ["country", "version", "tags", "kind", "email"],
    "lessThan": ["age", "score", "mixed"],
    "lessThanOrEqual": ["age", "score"],
    "greaterThan": ["age", "score", "mixed"],
    "greaterThanOrEqual": ["age", "score"],
    "before": ["created", "mixed", "age"],
    "after": ["created", "mixed"],
    "semVerEqual": ["version", "mixed", "country"],
    "semVerLessThan": ["version", "mixed"],
    "semVerGreaterThan": ["version", "mixed"],
    "isSomethingNew": ["country"],
}


def values_for(random, operator, attribute):
    """Operands that fit the operator, and one in eight that fits nothing."""
    pools = {
        "matches": PATTERNS,
        "before": TIMES,
        "after": TIMES,
    }
    pool = pools.get(operator)
    if operator.startswith("semVer"):
        pool = VERSIONS
    if operator.startswith(("less", "greater")):
        pool = NUMBERS
    if pool is None:
        pool = {
            "age": NUMBERS, "score": NUMBERS, "id": NUMBERS, "beta": [True, False], "anonymous": [True, False],
            "key": KEYS, "kind": ["user", "org", "device", "u", "o", "multi"], "name": ["Ann", "Bob", ""],
            "tags": ["red", "blue", "r", "e", ""], "mixed": ["red", 18, True, "2.0.0", 1.5], "email": ["@x.org", "a@", "é"],
        }.get(attribute, COUNTRIES)  # fmt: skip
    values = [random.choice(pool) for _ in range(random.choice([0, 1, 1, 1, 2, 3]))]
    if random.random() < 0.12:
        values.append(random.choice([True, 1, "1", "true", "x"]))
    return values


class Documents:
    """Makes one document after another from one source of randomness."""

    def __init__(self, random):
        self.random = random

    def document(self):
        random = self.random
        self.is_circular = random.random() < 0.15
        self.segment_keys = [f"seg-{number}" for number in range(random.randint(1, 4))]
        self.flag_keys = [f"flag-{number}" for number in range(random.randint(2, 7))]
        self.has_big_segments = random.random() < 0.35
        segments = {key: self.segment(place, key) for place, key in enumerate(self.segment_keys)}
        flags = {key: self.flag(place, key) for place, key in enumerate(self.flag_keys)}
        return {"flags": flags, "segments": segments}

    def some(self, probability):
        return self.random.random() < probability

    def flag(self, place, key):
        random = self.random
        variations = random.choice(
            [[True, False], ["a", "b", "c"], [1, 2.5, 300], [{"a": [1]}, None, [True]], [False, True, None]]
        )
        self.count = len(variations)
        flag = {
            "key": key,
            "version": random.randint(1, 99),
            "on": self.some(0.85),
            "variations": variations,
            "fallthrough": self.outcome(0.03),
            "salt": random.choice(["", "salt", "s.1", "sält"]),
        }
        if self.some(0.8):
            flag["offVariation"] = self.variation(0.05)
        if self.some(0.3):
            flag["prerequisites"] = [self.prerequisite(place) for _ in range(random.randint(0, 2))]
        if self.some(0.4):
            flag["targets"] = [self.target() for _ in range(random.randint(0, 3))]
        if self.some(0.25):
            flag["contextTargets"] = [self.context_target() for _ in range(random.randint(0, 3))]
        if self.some(0.85):
            flag["rules"] = [self.rule(number) for number in range(random.randint(0, 4))]
        if self.some(0.2):
            flag.update(trackEvents=True, clientSideAvailability={"usingEnvironmentId": True}, samplingRatio=2)
        return flag

    def variation(self, broken):
        if self.some(broken):
            return self.random.choice([-1, self.count, 99])
        return self.random.randrange(self.count)

    def outcome(self, broken):
        if self.some(broken):
            return self.random.choice([{}, {"rollout": {"variations": []}}, {"variation": -1}])
        if self.some(0.55):
            return {"variation": self.variation(0.02)}
        return {"rollout": self.rollout()}

    def rollout(self):
        random = self.random
        rollout = {"variations": self.weighted()}
        if self.some(0.7):
            rollout["kind"] = random.choice(["rollout", "experiment", "experiment"])
        if self.some(0.4):
            rollout["contextKind"] = random.choice([*KINDS, "nowhere"])
        if self.some(0.35):
            rollout["bucketBy"] = self.bucketed(rollout.get("contextKind"))
        if self.some(0.4):
            rollout["seed"] = random.choice([0, 61, -7, 123456789])
        return rollout

    def bucketed(self, kind):
        """What is bucketed; an empty text stands for the key."""
        names = ["key", "country", "id", "beta", "tags", "missing", "name", ""]
        if kind:
            names += ["/address/city", "/id", "/a//b", "address"]
        return self.random.choice(names)

    def weighted(self):
        random = self.random
        count = random.randint(1, 4)
        weights = random.choice(
            [
                [random.randint(0, 100000 // count) for _ in range(count)],
                [random.choice([0, 1, 50000, 99999, 100000]) for _ in range(count)],
                [33333, 33333, 33334],
                [-5, 10, 99995],
                [0, 0, 100000],
            ]
        )
        entries = [{"variation": self.variation(0.02), "weight": weight} for weight in weights]
        for entry in entries:
            if self.some(0.25):
                entry["untracked"] = self.some(0.8)
        return entries

    def prerequisite(self, place):
        """A flag that stands before this one, unless the document has circles."""
        random = self.random
        others = self.flag_keys if self.is_circular else self.flag_keys[:place]
        key = random.choice([*others, *others, *others, "no-such-flag"])
        return {"key": key, "variation": random.randint(0, 2)}

    def target(self):
        values = self.random.sample(KEYS, self.random.randint(0, 3))
        return {"variation": self.variation(0.02), "values": values}

    def context_target(self):
        target = self.target()
        if self.some(0.9):
            target["contextKind"] = self.random.choice(KINDS)
        return target

    def rule(self, number):
        rule = {"clauses": self.clauses(), **self.outcome(0.02)}
        if self.some(0.9):
            rule["id"] = f"rule-{number}"
        return rule

    def clauses(self):
        return [self.clause() for _ in range(self.random.choice([0, 1, 1, 1, 2, 2, 3]))]

    def clause(self):
        random = self.random
        if self.some(0.22):
            return self.segment_clause(self.segment_keys)
        operator = random.choice(list(OPERATORS))
        attribute = random.choice(OPERATORS[operator] if self.some(0.8) else NAMES)
        clause = {"attribute": attribute, "op": operator, "values": values_for(random, operator, attribute)}
        if self.some(0.4):
            clause["contextKind"] = random.choice(KINDS)
            if self.some(0.4):
                clause["attribute"] = random.choice(["/" + attribute, *PATHS])
        if self.some(0.02):
            clause["attribute"] = random.choice(BAD_REFERENCES)
        if self.some(0.3):
            clause["negate"] = self.some(0.9)
        return clause

    def segment_clause(self, keys):
        values = [self.random.choice([*keys, *keys, "no-such-segment"]) for _ in range(self.random.randint(0, 2))]
        clause = {"attribute": "", "op": "segmentMatch", "values": values}
        if self.some(0.3):
            clause["negate"] = True
        return clause

    def segment(self, place, key):
        random = self.random
        segment = {"key": key, "version": 1, "salt": random.choice(["", "salt"])}
        for name in ["included", "excluded"]:
            if self.some(0.5):
                segment[name] = random.sample(KEYS, random.randint(0, 3))
            if self.some(0.3):
                kind = random.choice(KINDS)
                segment[name + "Contexts"] = [{"contextKind": kind, "values": random.sample(KEYS, 2)}]
        if self.has_big_segments and self.some(0.6):
            segment["unbounded"] = True
            if self.some(0.8):
                segment["generation"] = random.choice([1, 2, 100])
            if self.some(0.3):
                segment["unboundedContextKind"] = random.choice(KINDS)
        if self.some(0.8):
            segment["rules"] = [self.segment_rule(place) for _ in range(random.randint(0, 3))]
        return segment

    def segment_rule(self, place):
        keys = self.segment_keys if self.is_circular else self.segment_keys[:place]
        clauses = [clause for clause in self.clauses() if clause["op"] != "segmentMatch"]
        if self.some(0.25):
            clauses.append(self.segment_clause(keys))
        rule = {"clauses": clauses}
        if self.some(0.4):
            rule["weight"] = self.random.choice([0, 1, 30000, 50000, 70000, 99999, 100000])
            if self.some(0.4):
                rule["rolloutContextKind"] = self.random.choice(KINDS)
            if self.some(0.4):
                rule["bucketBy"] = self.bucketed(rule.get("rolloutContextKind"))
        return rule
