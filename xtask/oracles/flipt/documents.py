"""Random documents and contexts of Flipt.

Left out because the engine's answer is an accident, not a meaning:
- shares so small that two variants end at the same bucket: which of them a search finds first depends
  on the search;
- segments of one key with different constraints in one rule: the engine keeps either.
"""


def document(chance):
    flags = [flag(chance, key) for key in chance.sample(KEYS, chance.randint(2, len(KEYS)))]
    return {"namespace": {"key": "default", "name": "Default"}, "flags": flags}


def context(chance):
    made = {}
    for name, values in PROPERTIES.items():
        if chance.random() < 0.7:
            made[name] = chance.choice(values)
    return made


def flag(chance, key):
    made = {"key": key, "name": key, "description": "", "enabled": chance.random() < 0.85,
            "rules": [], "rollouts": []}
    if chance.random() < 0.4:
        made["type"] = "BOOLEAN_FLAG_TYPE"
        made["rollouts"] = [rollout(chance) for _ in range(chance.randint(0, 3))]
        return made
    if chance.random() < 0.95:
        made["type"] = chance.choice(("VARIANT_FLAG_TYPE",) * 9 + ("ODD_FLAG_TYPE",))
    made["rules"] = [rule(chance, rank + 1) for rank in range(chance.randint(0, 3))]
    if chance.random() < 0.5:
        made["defaultVariant"] = {"id": "1", "key": "fallback", "attachment": chance.choice(ATTACHMENTS)}
    return made


def rule(chance, rank):
    return {"id": f"rule-{rank}", "rank": rank, "segments": segments(chance),
            "segmentOperator": chance.choice(OPERATORS), "distributions": distributions(chance)}


def distributions(chance):
    count = chance.randint(0, 4)
    shares = chance.choice(SHARES.get(count) or [[]])
    made = []
    for name, share in zip(VARIANTS, shares):
        made.append({"id": name, "ruleId": "r", "variantId": name, "variantKey": name, "rollout": share,
                     "variantAttachment": chance.choice(ATTACHMENTS)})
    return made


def rollout(chance):
    if chance.random() < 0.5:
        percentage = chance.choice((0, 1, 10, 25.5, 33.3333333, 50, 50.0000001, 75, 99, 99.9, 100))
        return {"type": "THRESHOLD_ROLLOUT_TYPE", "rank": 1,
                "threshold": {"percentage": percentage, "value": chance.random() < 0.6}}
    return {"type": "SEGMENT_ROLLOUT_TYPE", "rank": 1,
            "segment": {"value": chance.random() < 0.6, "segmentOperator": chance.choice(OPERATORS),
                        "segments": segments(chance)}}


def segments(chance):
    names = chance.sample(("one", "two", "three"), chance.choice((0, 1, 1, 1, 2, 2, 3)))
    return [segment(chance, name) for name in names]


def segment(chance, name):
    return {"key": name, "name": name, "matchType": chance.choice(MATCH_TYPES),
            "constraints": [constraint(chance) for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))]}


def constraint(chance):
    kind = chance.choice(("STRING",) * 3 + ("NUMBER",) * 3 + ("BOOLEAN", "DATETIME", "DATETIME", "ENTITY_ID"))
    if chance.random() < 0.02:
        kind = "ODD"
    operators, values, names = KINDS.get(kind, KINDS["STRING"])
    operator = chance.choice(operators) if chance.random() < 0.97 else "odd"
    value = chance.choice(values)
    if operator in ("isoneof", "isnotoneof"):
        value = chance.choice(NUMBER_LISTS if kind == "NUMBER" else TEXT_LISTS)
    return {"type": f"{kind}_CONSTRAINT_COMPARISON_TYPE", "property": chance.choice(names),
            "operator": operator, "value": value}


KEYS = ["flag", "größe", "new-checkout", "f/5", "日本"]
ENTITIES = ["user-1", "user-2", "42", "émile", "日本", "a b", "x", *(f"e{number}" for number in range(60))]
VARIANTS = ["red", "green", "blue", "grün"]
ATTACHMENTS = ["", "", "{\"a\": 1}", "not json", "[1, 2.50]"]
OPERATORS = ["OR_SEGMENT_OPERATOR"] * 3 + ["AND_SEGMENT_OPERATOR"] * 2 + ["ODD_SEGMENT_OPERATOR"]
MATCH_TYPES = ["ANY_SEGMENT_MATCH_TYPE"] * 3 + ["ALL_SEGMENT_MATCH_TYPE"] * 3 + ["ODD_SEGMENT_MATCH_TYPE"]
SHARES = {
    1: [[100], [50], [0], [33.33], [0.05], [150]],
    2: [[50, 50], [30, 70], [33.33, 66.67], [0, 100], [10, 10], [99.9, 0.1], [12.345, 87.655]],
    3: [[33.33, 33.33, 33.34], [0, 50, 50], [10.05, 20.05, 69.9], [33.3, 33.3, 33.3], [1, 2, 3]],
    4: [[25, 25, 25, 25], [12.5, 37.5, 25, 25], [10, 0, 0, 90], [7.77, 22.23, 40.04, 29.96]],
}
TEXTS = ["prod", "dev", "", "Prod", "größe", "a\"b", "true", "5", " prod"]
NUMBERS = ["5", "0", "-3", "+5", "007", "2147483647", "2147483648", "5.0", "", "five", " 5", "-2147483648"]
TIMES = [
    "2022-01-29T13:00:00Z", "2022-01-29T13:00:00.5Z", "2022-01-29T14:00:00+01:00", "2022-01-29T12:59:59Z",
    "2022-01-29T13:00:00.999Z", "2022-01-29T13:00:01Z", "2022-01-29", "", "2022-01-29 13:00:00Z",
    "2022-01-29t13:00:00z", "1999-12-31T23:59:60Z", "1643461200", "1969-12-31T23:59:59.5Z",
]
TEXT_LISTS = ["[\"prod\", \"dev\"]", "[]", "[\"\"]", "[\"a\\\"b\"]", "not json", "[1]", "[\"5\", \"true\"]",
              "{\"prod\": 1}", "[\"user-1\", \"42\", \"gr\\u00f6\\u00dfe\"]", "[\"größe\", \"x\"]", " [\"prod\"] ", ""]
NUMBER_LISTS = ["[5, 0]", "[]", "[5.0]", "[\"5\"]", "not json", "[-3, 2147483647]", "[2147483648]", "[7]", ""]
PROPERTIES = {"env": TEXTS, "age": NUMBERS, "beta": ["true", "false", "True", "", "1"], "when": TIMES}
TEXT_OPERATORS = ["eq", "neq", "prefix", "suffix", "contains", "notcontains", "isoneof", "isnotoneof", "empty",
                  "notempty"]
ORDERS = ["eq", "neq", "lt", "lte", "gt", "gte", "present", "notpresent"]
KINDS = {
    "STRING": (TEXT_OPERATORS, TEXTS + ["pro", "d", "v"], ["env", "env", "age", "missing"]),
    "NUMBER": (ORDERS + ["isoneof", "isnotoneof"], NUMBERS, ["age", "age", "env", "missing"]),
    "BOOLEAN": (["true", "false", "present", "notpresent"], ["", "true"], ["beta", "beta", "env", "missing"]),
    "DATETIME": (ORDERS, TIMES, ["when", "when", "env", "missing"]),
    "ENTITY_ID": (TEXT_OPERATORS, ["user-1", "e", "user-", "42", "1", ""], ["entityId", "env"]),
}
