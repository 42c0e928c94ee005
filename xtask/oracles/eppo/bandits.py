"""Random bandits: flags that serve them, models, and actions to choose from."""

from documents import envelope, maybe

FEATURES = ["age", "price", "speed", "score"]
CATEGORIES = {"tier": ["gold", "silver", ""], "zip": ["22203", "94111"], "member": ["true", "false"], "größe": ["ü"]}
ACTIONS = ["nike", "adidas", "reebok", "puma", "Zebra", "ä", "", "a b", "10", "9"]


def document(rng):
    """A document whose flags serve bandits, or something beside them."""
    flags, bandits = {}, {}
    for place in range(6):
        key, bandit = f"bandit-flag-{place}", f"bandit {place % 4}"
        integer = place == 5
        values = {"control": 0, "bandit": 1} if integer else {"control": "control", "bandit": bandit}
        cut = rng.randint(0, 10000)
        flags[key] = {
            "key": key, "enabled": True, "variationType": "INTEGER" if integer else "STRING", "totalShards": 10000,
            "variations": {name: {"key": name, "value": value} for name, value in values.items()},
            "allocations": [
                {"key": "by tier", "doLog": True,
                 "rules": [{"conditions": [{"attribute": "tier", "operator": "ONE_OF", "value": ["silver"]}]},
                           {"conditions": [{"attribute": "age", "operator": "GT", "value": 50}]}],
                 "splits": [{"variationKey": "control", "shards": []}]},
                {"key": "all", "doLog": True, "splits": [
                    {"variationKey": "bandit", "shards": [{"salt": "s", "ranges": [{"start": 0, "end": cut}]}]},
                    {"variationKey": "control" if maybe(rng, 0.5) else "bandit",
                     "shards": [{"salt": "t", "ranges": [{"start": 0, "end": 9000}]}]}]},
            ],
        }
        if not integer:
            variation = {"key": bandit, "flagKey": key, "variationKey": "bandit",
                         "variationValue": bandit if place != 3 else "another value"}
            bandits.setdefault(bandit, []).append(variation)
    return envelope(flags, bandits=bandits, banditReferences={})


def models(rng):
    made = {}
    for place in range(3):
        key = f"bandit {place}"
        made[key] = {
            "banditKey": key, "modelName": "falcon", "modelVersion": str(place),
            "updatedAt": "2023-09-13T04:52:06.462Z",
            "modelData": {
                "gamma": rng.choice([0, 1.0, 0.1, 5, 100]),
                "defaultActionScore": rng.choice([0, 0.0, 1.5, -3]),
                "actionProbabilityFloor": rng.choice([0, 0.0, 0.1, 0.5, 1]),
                "coefficients": {action: coefficients(rng, action) for action in rng.sample(ACTIONS, rng.randint(0, 8))},
            },
        }
    return {"updatedAt": "2023-09-13T04:52:06.462Z", "environment": {"name": "Test"}, "bandits": made}


def coefficients(rng, action):
    def number():
        return rng.choice([0, 1, -1.5, 0.3, 2.25, 10, round(rng.uniform(-3, 3), 3)])

    def numeric():
        return [{"attributeKey": name, "coefficient": number(), "missingValueCoefficient": number()}
                for name in rng.sample(FEATURES, rng.randint(0, 3))]

    def categorical():
        return [{"attributeKey": name, "missingValueCoefficient": number(),
                 "valueCoefficients": {value: number() for value in CATEGORIES[name] if maybe(rng, 0.8)}}
                for name in rng.sample(sorted(CATEGORIES), rng.randint(0, 3))]

    return {"actionKey": action, "intercept": number(),
            "actionNumericCoefficients": numeric(), "actionCategoricalCoefficients": categorical(),
            "subjectNumericCoefficients": numeric(), "subjectCategoricalCoefficients": categorical()}


def attributes(rng):
    numeric = {name: rng.choice([0, 1, -2.5, 51, 3.25, 1e6]) for name in FEATURES if maybe(rng, 0.5)}
    categorical = {name: rng.choice(values + ["other"]) for name, values in CATEGORIES.items() if maybe(rng, 0.5)}
    return {"numericAttributes": numeric, "categoricalAttributes": categorical}


def context(rng, subject):
    actions = rng.sample(ACTIONS, rng.choice([0, 1, 2, 3, 5, 10]))
    return {"subjectKey": subject, "attributes": attributes(rng),
            "actions": [{"actionKey": action, **attributes(rng)} for action in actions]}
