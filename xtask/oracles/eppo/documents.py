"""Random flag and bandit documents, and contexts that reach both sides of what they say."""

import base64
import hashlib
import json
from decimal import Decimal

TYPES = ["STRING", "INTEGER", "NUMERIC", "BOOLEAN", "JSON"]
DEFAULTS = {
    "STRING": "the default",
    "INTEGER": -7,
    "NUMERIC": -7.5,
    "BOOLEAN": False,
    "JSON": {"default": True},
}
TEXTS = ["", "a", "A", "US", "Canada", "true", "false", "null", "1", "1.0", "-0", "ä", "日本", "🤗",
         "x y", "a.b", "user@example.com", "10", "1e3", " 7", "inf", "NaN", "'\"\\"]
NUMBERS = [0, 1, -1, 2, 7, 10, 1.5, -2.25, 0.1, 1e21, 1e-7, 2**53, 2**53 + 1, 10.0, 1e300, 5e-324, -0.0]
VERSIONS = ["1.0.0", "1.2.3", "1.10.0", "2.0.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-1", "1.0.0-10",
            "1.0.0-2", "1.0.0-rc.1", "1.0.0+a", "1.0.0+b", "1.0.0+10", "1.0.0+2", "1.0.0+010", "1.0.0-a+b", "0.0.0",
            "18446744073709551615.0.0", "18446744073709551616.0.0", "1.0", "01.0.0", "v1.0.0", "1.0.0-",
            "1.0.0+", "1.0.0-01", "1.0.0+01", "1.0.0+1"]
PATTERNS = ["a", "^a$", "(?i)us", "^.*@example\\.com$", "\\d+", "^$", "", "é|ä", "^\\w+$", "[0-9]{2,}", ".", "(",
            "(?=a)", "a{2", "\\p{L}", "^true$", "-?0", "e", "\\bx", "[[:alpha:]]", "(?-u:a)", "(?x) a  b"]
NAMES = ["country", "email", "version", "age", "size", "id", "plan tier", "größe", "flag", "ID"]
COMPARISONS = ["GTE", "GT", "LTE", "LT"]
PAST = ["2001-01-01T00:00:00Z", "2020-02-29T12:30:00.594Z", "2019-07-01T00:00:00+05:30"]
FUTURE = ["2090-01-01T00:00:00Z", "2099-12-31T23:59:59.999Z"]
# Read by the SDK although no standard has them in this form.
LOOSE_TIMES = ["2020-01-01 00:00:00Z", "2020-1-2T3:4:5Z", " 2020-01-01T00:00:00Z", "2020-01-01T00:00:00+0100",
               "+12020-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2020-01-01t00:00:00z", "2020-01-01T00:00:00 Z"]
BAD_TIMES = ["2020-01-01", "2020-01-01T00:00:00", "soon", 5, "2020-01-01T24:00:00Z", "2020-13-01T00:00:00Z",
             "2020-01-01T00:00Z", ""]


def plain(number):
    """The text of a number as the SDK writes it: never an exponent, no fraction where there is none."""
    number = float(number)
    text = format(Decimal(repr(number)), "f")
    return text[:-2] if text.endswith(".0") else text


def maybe(rng, chance):
    return rng.random() < chance


def value_of(rng, kind):
    return {
        "STRING": lambda: rng.choice(TEXTS),
        "INTEGER": lambda: rng.choice([0, 1, -3, 42, 3.0, 1e15, 2**53 + 1, 2**63, -(2**63), 10**12]),
        "NUMERIC": lambda: rng.choice([0, 1, 1.5, -2.25, 3.1415926, 1e21, 1e-7, 2**60, -0.0]),
        "BOOLEAN": lambda: maybe(rng, 0.5),
        "JSON": lambda: rng.choice(['{}', '{"a": 1, "b": [true, null, 1.5]}', ' [1, "ä"] ', '5', '"text"', 'false',
                                    '{"a":1,"a":2}', '{"n":123456789012345678901234567890}', '{"f":1.0}']),
    }[kind]()


def odd_value(rng):
    """A value that is often not of the flag's type, or of none."""
    return rng.choice(["1", "x", "{", "", "true", 1, 2.5, True, False, 2**64, 1e19, 0, "null{"])


def condition(rng):
    """A condition; one in eight cannot be read."""
    name = rng.choice(NAMES)
    operator = rng.choice(["ONE_OF", "NOT_ONE_OF", "MATCHES", "NOT_MATCHES", "IS_NULL"] + COMPARISONS)
    if operator.endswith("ONE_OF"):
        pool = TEXTS + VERSIONS[:4] + [plain(number) for number in NUMBERS]
        value = rng.sample(pool, rng.choice([0, 1, 2, 3, 12]))
    elif operator.endswith("MATCHES"):
        value = rng.choice(PATTERNS)
    elif operator == "IS_NULL":
        value = maybe(rng, 0.5)
    else:
        value = rng.choice([rng.choice(NUMBERS), rng.choice(NUMBERS), rng.choice(VERSIONS), str(rng.choice(NUMBERS)),
                            rng.choice(TEXTS)])
    broken = {"attribute": name, "operator": operator, "value": value}
    if maybe(rng, 0.12):
        change = rng.choice(["operator", "value", "gone", "type"])
        if change == "operator":
            broken["operator"] = rng.choice(["CONTAINS", "one_of", "", 5, None])
        elif change == "value":
            broken["value"] = rng.choice([None, True, 5, "x", [], ["a"], [1], {"a": 1}, ["a", None], [True]])
        elif change == "gone":
            del broken[rng.choice(["attribute", "operator", "value"])]
        else:
            broken = rng.choice([broken, {}, {"attribute": 5, "operator": "IS_NULL", "value": True}])
    return broken


def ranges(rng, total):
    """Ranges that meet, overlap, are empty, or lie beyond the shards."""
    cuts = sorted(rng.randint(0, total) for _ in range(rng.choice([2, 2, 4])))
    found = [{"start": start, "end": end} for start, end in zip(cuts[::2], cuts[1::2])]
    if maybe(rng, 0.2):
        found.append({"start": 0, "end": rng.choice([total, total * 2 % 2**32, 1])})
    if maybe(rng, 0.05):
        found = []
    return found


def allocation(rng, place, keys, total):
    splits = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        shards = [{"salt": f"salt-{rng.randint(0, 30)}{rng.choice(['', 'ü'])}", "ranges": ranges(rng, total)}
                  for _ in range(rng.choice([0, 1, 1, 2]))]
        splits.append({"variationKey": rng.choice(keys + ["gone"] if maybe(rng, 0.04) else keys), "shards": shards})
    made = {"key": f"allocation {place}", "splits": splits, "doLog": maybe(rng, 0.5)}
    if maybe(rng, 0.75):
        made["rules"] = [{"conditions": [condition(rng) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))]}
                         for _ in range(rng.choice([0, 1, 1, 2, 3]))]
    for name in ("startAt", "endAt"):
        if maybe(rng, 0.15):
            made[name] = rng.choice(PAST + FUTURE + [None] + [rng.choice(LOOSE_TIMES)])
    if maybe(rng, 0.02):
        made[rng.choice(["startAt", "endAt"])] = rng.choice(BAD_TIMES)
    return made


def flag(rng, key):
    kind = rng.choice(TYPES)
    total = rng.choice([10000, 10000, 10000, 1, 7, 100, 12345, 2**32 - 1])
    keys = rng.sample(["on", "off", "control", "ä", "", "x y", "1"], rng.choice([1, 2, 3]))
    variations = {name: {"key": name, "value": value_of(rng, kind)} for name in keys}
    if maybe(rng, 0.1):
        variations[keys[0]]["value"] = odd_value(rng)
    if maybe(rng, 0.03):
        variations = {f"outer {name}": variation for name, variation in variations.items()}
    made = {
        "key": key,
        "enabled": maybe(rng, 0.95),
        "variationType": kind,
        "variations": variations,
        "allocations": [allocation(rng, place, keys, total) for place in range(rng.choice([0, 1, 2, 3, 4, 6]))],
        "totalShards": total,
    }
    if maybe(rng, 0.06):
        damage(rng, made)
    return made


def damage(rng, made):
    """Breaks one part of a flag, anywhere."""
    junk = rng.choice([None, 5, "x", [], {}, [5], -1, 1.5, True, 2**40])
    parts = [made]
    parts += list(made["variations"].values())
    for one in made["allocations"]:
        parts.append(one)
        for split in one["splits"]:
            parts.append(split)
            for shard in split["shards"]:
                parts += [shard] + shard["ranges"]
        parts += one.get("rules", [])
    part = rng.choice(parts)
    name = rng.choice(sorted(part))
    # Variations of one key: the SDK keeps whichever its hash map gives last.
    if name == "key" and part in made["variations"].values():
        name = "value"
    if maybe(rng, 0.3):
        del part[name]
    else:
        part[name] = junk


def subject_attributes(rng, made):
    """Attributes that conditions of this flag ask for, often with a value that they name."""
    found = {}
    allocations = made.get("allocations")
    for one in allocations if isinstance(allocations, list) else []:
        rules = one.get("rules") if isinstance(one, dict) else None
        for rule in rules if isinstance(rules, list) else []:
            conditions = rule.get("conditions") if isinstance(rule, dict) else None
            for asked in conditions if isinstance(conditions, list) else []:
                name = asked.get("attribute") if isinstance(asked, dict) else None
                if isinstance(name, str) and maybe(rng, 0.7):
                    found[name] = near(rng, asked.get("value"))
    for name in rng.sample(NAMES, 2):
        if maybe(rng, 0.3):
            found[name] = rng.choice(TEXTS + NUMBERS + [True, False, None])
    return found


def near(rng, value):
    """Something that meets a condition of this value, or just fails to."""
    if isinstance(value, list):
        value = rng.choice(value) if value else "a"
    choice = rng.random()
    if choice < 0.4 and isinstance(value, (str, bool, int, float)):
        return value
    if choice < 0.6 and isinstance(value, str):
        try:
            return float(value) if abs(float(value)) < 1e308 else value
        except ValueError:
            return rng.choice(VERSIONS)
    if choice < 0.75 and isinstance(value, (int, float)) and not isinstance(value, bool):
        return rng.choice([value + 1, value - 1, str(value), plain(value)])
    return rng.choice(TEXTS + NUMBERS + VERSIONS + [True, False, None])


def envelope(flags, **more):
    return {"createdAt": "2024-04-17T19:40:53.716Z", "format": "SERVER", "environment": {"name": "Test"},
            "flags": flags, **more}


def obfuscated(document):
    """The same flags as a client gets them: names as md5, texts as base64.

    Flags with a broken part are not in it: what cannot be read has no hidden form.
    """
    hidden = {}
    for key, made in document["flags"].items():
        try:
            if all(fits(one["value"], made["variationType"]) for one in made["variations"].values()):
                hidden[md5(key)] = hidden_flag(made)
        except (TypeError, KeyError, AttributeError):
            continue
    return {**document, "format": "CLIENT", "flags": hidden}


def fits(value, kind):
    """Whether a value is of a flag's kind: hidden, every value is text and cannot be of another."""
    if kind in ("STRING", "JSON"):
        return isinstance(value, str)
    if kind == "BOOLEAN":
        return isinstance(value, bool)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def hidden_flag(made):
    return {
        **made,
        "key": md5(made["key"]),
        "variations": {b64(name): {"key": b64(one["key"]), "value": b64(scalar_text(one["value"]))}
                       for name, one in made["variations"].items()},
        "allocations": [hidden_allocation(one) for one in listed(made["allocations"])],
    }


def listed(value):
    if isinstance(value, list):
        return value
    raise TypeError(value)


def hidden_allocation(one):
    hidden = {**one, "key": b64(one["key"])}
    for name in ("startAt", "endAt"):
        if isinstance(one.get(name), str):
            hidden[name] = b64(one[name])
    if "rules" in one:
        hidden["rules"] = [{"conditions": [hidden_condition(asked) for asked in listed(rule["conditions"])]}
                           for rule in listed(one["rules"])]
    hidden["splits"] = [{"variationKey": b64(split["variationKey"]),
                         "shards": [{**shard, "salt": b64(shard["salt"])} for shard in listed(split["shards"])]}
                        for split in listed(one["splits"])]
    return hidden


def hidden_condition(asked):
    if not isinstance(asked, dict):
        return asked
    hidden = dict(asked)
    operator, value = asked.get("operator"), asked.get("value")
    if isinstance(asked.get("attribute"), str):
        hidden["attribute"] = md5(asked["attribute"])
    if isinstance(operator, str):
        hidden["operator"] = md5(operator)
    if operator in ("ONE_OF", "NOT_ONE_OF") and isinstance(value, list):
        hidden["value"] = [md5(item) if isinstance(item, str) else item for item in value]
    elif operator == "IS_NULL" and isinstance(value, bool):
        hidden["value"] = md5(scalar_text(value))
    elif isinstance(value, str) or operator in COMPARISONS and fits(value, "NUMERIC"):
        hidden["value"] = b64(scalar_text(value))
    return hidden


def scalar_text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    raise TypeError(value)


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def b64(text):
    return base64.b64encode(text.encode()).decode()
