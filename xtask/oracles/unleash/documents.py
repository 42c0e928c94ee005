"""Random documents: features, segments, and the same as events of the delta interface.

Left out because the engine's answer is an accident, not a meaning:
- variants whose weights add up to nothing: it divides by zero and panics;
- weights below zero: they wrap round;
- values that break out of the engine's own rule text, such as `5) or (true`: it compiles them.
"""

import words


def state(chance):
    names = chance.sample(words.NAMES, chance.randint(3, len(words.NAMES)))
    segments = [segment(chance, number) for number in range(1, chance.randint(2, 5))]
    features = []
    for name in names:
        # Parents must not have parents: so that most dependencies hold, half of the flags have none.
        parents = [other["name"] for other in features if "dependencies" not in other]
        features.append(feature(chance, name, parents, len(segments)))
    return features, segments


def as_delta(chance, features, segments):
    """Events that end in these features and segments; mostly None: the whole document at once."""
    if chance.random() < 0.75:
        return None
    number = iter(range(1, 1000))
    events = [{"type": "hydration", "eventId": next(number), "features": features[:2],
               "segments": segments[:1]}]
    for gone in features[:1]:
        events.append({"type": "feature-removed", "eventId": next(number),
                       "featureName": gone["name"], "project": "default"})
    for known in features[:1] + features[2:]:
        events.append({"type": "feature-updated", "eventId": next(number), "feature": known})
    for known in segments[1:]:
        events.append({"type": "segment-updated", "eventId": next(number), "segment": known})
    passing = segment(chance, 77)
    events.append({"type": "segment-updated", "eventId": next(number), "segment": passing})
    events.append({"type": "segment-removed", "eventId": next(number), "segmentId": 77})
    return {"events": events}


def segment(chance, number):
    return {"id": number, "name": f"segment-{number}", "constraints": constraints(chance)}


def feature(chance, name, parents, segments):
    made = {"name": name, "enabled": chance.random() < 0.92, "type": "release",
            "impressionData": chance.random() < 0.5, "project": "default", "stale": False}
    if chance.random() < 0.97:
        count = chance.choice((0, 1, 1, 1, 2, 3, 4))
        made["strategies"] = [strategy(chance, segments) for _ in range(count)]
    if chance.random() < 0.6:
        made["variants"] = feature_variants(chance)
    if chance.random() < 0.35:
        made["dependencies"] = [dependency(chance, parents) for _ in range(chance.choice((0, 1, 1, 2)))]
        if not made["dependencies"] and chance.random() < 0.5:
            del made["dependencies"]
    return made


def dependency(chance, parents):
    known = parents if parents and chance.random() < 0.9 else ["nobody", "alpha"]
    made = {"feature": chance.choice(known)}
    if chance.random() < 0.4:
        made["enabled"] = chance.random() < 0.5
    if chance.random() < 0.5:
        made["variants"] = chance.sample(VARIANTS + ["disabled"], chance.randint(0, 4))
    return made


def strategy(chance, segments):
    name = chance.choice(STRATEGIES)
    made = {"name": name}
    parameters = PARAMETERS[name](chance) if name in PARAMETERS else {}
    if parameters or chance.random() < 0.7:
        made["parameters"] = parameters
    if chance.random() < 0.5:
        made["constraints"] = constraints(chance)
    if chance.random() < 0.25:
        known = range(1, segments + 1) if chance.random() < 0.93 else (1, 9)
        made["segments"] = [chance.choice(known) for _ in range(chance.randint(0, 2))]
    if chance.random() < 0.4:
        made["variants"] = strategy_variants(chance)
    if chance.random() < 0.2:
        made["sortOrder"] = chance.randint(0, 9)
    return made


def constraints(chance):
    return [constraint(chance) for _ in range(chance.choice((0, 1, 1, 1, 2)))]


def constraint(chance):
    operator = chance.choice(OPERATORS)
    made = {"contextName": chance.choice(fields(operator)), "operator": operator}
    if chance.random() < 0.35:
        made["inverted"] = chance.random() < 0.8
    if chance.random() < 0.35:
        made["caseInsensitive"] = chance.random() < 0.8
    if operator in OPERANDS:
        # Numbers, times and versions are told apart by how they look, whatever the operator says.
        pool = OPERANDS[operator]
        if chance.random() < 0.04:
            pool = chance.choice((words.NUMBERS, words.TIMES, words.VERSIONS))
        if chance.random() < 0.995:
            # Operands that cannot be read switch the whole flag off: not too often.
            made["value"] = chance.choice(pool[:4] if chance.random() < 0.9 else pool)
    elif chance.random() < 0.995:
        made["values"] = values(chance, operator, made["contextName"])
    return made


def fields(operator):
    kind = operator.split("_")[0]
    return {
        "NUM": ["age", "age", "country", "userId", "missing"],
        "DATE": ["currentTime", "currentTime", "when", "when", "age"],
        "SEMVER": ["version", "version", "country", "missing"],
    }.get(kind, ["ip", "remoteAddress"] if operator == "IN_CIDR" else ANY)


def values(chance, operator, name):
    if operator == "IN_CIDR":
        pool = words.NETWORKS
    else:
        pool = BY_FIELD.get(name, words.TEXTS)
    # Most operators need one value at least, or the whole flag is off.
    fewest = 0 if chance.random() < (0.2 if operator in ("IN", "NOT_IN") else 0.02) else 1
    chosen = chance.sample(pool, chance.randint(fewest, min(6, len(pool))))
    if chance.random() < 0.97:
        # A backslash at the end switches the whole flag off: not too often.
        chosen = [value for value in chosen if not value.endswith("\\")] or ["abc"]
    if chance.random() < 0.02:
        chosen += [f"many-{number}" for number in range(40)]
    return chosen


def feature_variants(chance):
    made = []
    for name in chance.sample(VARIANTS, chance.randint(0, 4)):
        variant = named(chance, name)
        if chance.random() < 0.6:
            variant["stickiness"] = chance.choice(STICKINESS)
        if chance.random() < 0.3:
            variant["overrides"] = [override(chance) for _ in range(chance.randint(0, 2))]
        if chance.random() < 0.3:
            variant["weightType"] = chance.choice(("fix", "variable"))
        made.append(variant)
    return positive(made)


def strategy_variants(chance):
    made = [named(chance, name) for name in chance.sample(VARIANTS, chance.randint(0, 4))]
    for variant in made:
        if chance.random() < 0.5:
            variant["stickiness"] = chance.choice(STICKINESS)
    return positive(made)


def positive(variants):
    if variants and not any(variant["weight"] for variant in variants):
        variants[-1]["weight"] = 1
    return variants


def named(chance, name):
    made = {"name": name, "weight": chance.choice((0, 1, 1, 3, 10, 333, 334, 500, 1000, 7919))}
    if chance.random() < 0.5:
        kind, value = chance.choice(PAYLOADS)
        made["payload"] = {"type": kind, "value": value}
    return made


def override(chance):
    name = chance.choice(["userId", "sessionId", "environment", "appName", "country", "age", "missing"])
    pool = BY_FIELD.get(name, words.TEXTS)
    return {"contextName": name, "values": chance.sample(pool, min(3, len(pool)))}


def flexible(chance):
    made = {"rollout": percentage(chance), "stickiness": chance.choice(STICKINESS)}
    if chance.random() < 0.1:
        del made["stickiness"]
    return with_group(chance, made, 0.75)


def gradual(chance):
    return with_group(chance, {"percentage": percentage(chance)}, 0.92)


def with_group(chance, made, often):
    if chance.random() < often:
        made["groupId"] = chance.choice(words.GROUPS[:4] if chance.random() < 0.93 else words.GROUPS)
    if chance.random() < 0.03:
        made.pop("rollout", made.pop("percentage", None))
    return made


def percentage(chance):
    if chance.random() < 0.05:
        return chance.choice(("101", "1000", "", "abc", "-1", "5.5", " 50", "+50", "050", "1e1", "0050"))
    return str(chance.choice((0, 1, 2, 10, 33, 50, 50, 66, 75, 90, 99, 100, 100, 100)))


def joined(chance, pool, count):
    return chance.choice((",", ", ", " , ")).join(chance.sample(pool, count))


ANY = ["userId", "sessionId", "environment", "appName", "remoteAddress", "missing", *words.PROPERTIES[:7],
       *words.PROPERTIES[:4], *words.PROPERTIES]
STRATEGIES = ["default", "default", "flexibleRollout", "flexibleRollout", "flexibleRollout", "userWithId",
              "gradualRolloutUserId", "gradualRolloutSessionId", "gradualRolloutRandom", "remoteAddress",
              "applicationHostname", "ownInvention"]
PARAMETERS = {
    "flexibleRollout": flexible,
    "gradualRolloutUserId": gradual,
    "gradualRolloutSessionId": gradual,
    "gradualRolloutRandom": gradual,
    "userWithId": lambda chance: {"userIds": joined(chance, words.USERS, chance.randint(1, 9))},
    "remoteAddress": lambda chance: {"IPs": joined(chance, words.NETWORKS, chance.randint(1, 4))},
    "applicationHostname": lambda chance: {"hostNames": joined(chance, HOSTS, chance.randint(1, 2))},
    "ownInvention": lambda chance: {"some": "parameter"},
}
OPERANDS = {
    **{f"NUM_{order}": words.NUMBERS for order in ("EQ", "GT", "GTE", "LT", "LTE")},
    **{f"SEMVER_{order}": words.VERSIONS for order in ("EQ", "GT", "GTE", "LT", "LTE")},
    "DATE_AFTER": words.TIMES[:4], "DATE_BEFORE": words.TIMES, "REGEX": words.PATTERNS,
}
OPERATORS = ["IN", "IN", "NOT_IN", "NOT_IN", "STR_STARTS_WITH", "STR_ENDS_WITH", "STR_CONTAINS", "IN_CIDR",
             *OPERANDS]
OPERATORS = OPERATORS * 9 + ["UNHEARD_OF"]
BY_FIELD = {
    "userId": words.USERS, "sessionId": words.SESSIONS, "environment": words.ENVIRONMENTS,
    "appName": words.APPS, "remoteAddress": words.ADDRESSES, "age": words.NUMBERS,
    "version": words.VERSIONS, "when": words.TIMES, "ip": words.ADDRESSES,
}
STICKINESS = ["default", "default", "userId", "sessionId", "country", "random", "environment", "missing",
              "remoteAddress", "", "with \"quote\"", "currentTime"]
VARIANTS = ["red", "green", "blue", "grün", "disabled"]
PAYLOADS = [("string", "text"), ("string", ""), ("json", "{\"a\": [1, 2.50]}"), ("json", "not json"),
            ("csv", "a,b"), ("number", "5"), ("number", "5.50"), ("number", "five"), ("other", "x")]
# The engine in this package never learns the name of the machine: such strategies hold for no one.
HOSTS = ["this-host", "other-host", ""]
