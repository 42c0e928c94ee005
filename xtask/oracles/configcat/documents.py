"""Random config documents and users for the ConfigCat oracle.

Comparison values and attributes come from the same small pools, so that most conditions hold for
some users and not for others. Left out on purpose, because the SDK for Python differs there from
the vendor's other SDKs and from the recorded cases:

* percentages that add up to less than 100 (an error elsewhere, the next rule here),
* floats that Python prints with an exponent but ECMAScript does not, or the other way round,
* lists as numbers or dates, dates as numbers,
* missing comparison values of EQUALS, of numbers and of single versions,
* lists of versions without any, unreadable versions in segments, rules without conditions or without a THEN part,
* served values of the wrong type (read before the conditions here, after them elsewhere),
* a missing salt (empty here, an error elsewhere).
"""

import hashlib
import json

TEXTS = [
    "12345", "a@example.com", "b@example.com", "joe@configcat.com", "HU", "USA", "hu", "ʄǟռƈʏ ȶɛӼȶ",
    "árvíztűrő", "日本語", "😀 smile", " spaced ", "a", "ab", "abc", "Éa", "x_y", "3_x", "tick", "true", "[\"HU\"]",
]
VERSIONS = [
    "1.0.0", "1.0.1", "1.1.0", "2.0.0", "0.9.9", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
    "1.0.0+build", "10.0.0", "3.1.1-rc2+b7", "1.0.0-1", "1.0.0-alpha.beta",
]
BAD_VERSIONS = ["1.0", "v1.0.0", "01.0.0", "1.0.0.0", "", "  ", "wrong", "1.0.0-", "1.0.0-01"]
NUMBERS = [0, 1, -1, 2, 3, 5, 2.1, 4.2, 0.5, -3.25, 100, 1000000, 1000000000000001, 0.001]
DATES = [1680307200, 1680307199.999, 1680307200.001, 1682899199.999, 1682899200, 0, 1693497600]
NUMBER_TEXTS = ["0", "1", "-1", " 3 ", "2,1", "2.1", "4.20", "5", "1e3", "+7", ".5", "5.", "Infinity", "-Infinity", "NaN",
                "NaNa", "not_a_number", "1,000.5", "0x10", "--1", "1 2"]
ATTRIBUTES = ["Identifier", "Email", "Country", "Custom1", "Version", "Number", "Date", "List", "Absent", "a.b"]
SEGMENTS = ["Beta users", "Developers", "ünïcode", ""]

TEXT_LISTS = [0, 1, 2, 3, 30, 31, 32, 33]
HASHED_LISTS = [16, 17, 26, 27]
HASHED_AFFIXES = [22, 23, 24, 25]


def sha256(text, salt, context_salt):
    return hashlib.sha256((text + salt + context_salt).encode()).hexdigest()


class Documents:
    """Makes one document after another out of one source of chance."""

    def __init__(self, random):
        self.random = random

    # Documents

    def document(self):
        random = self.random
        self.salt = random.choice(["", "salt", "uM29sy1rjx71ze3ehr+qCnoIpx8NZgL8V//MN7OL1aM="])
        names = SEGMENTS[: random.randint(1, len(SEGMENTS))]
        document = {
            "p": {"u": "https://example.com", "r": 0, "s": self.salt},
            "s": [self.segment(name) for name in names],
            "f": {},
        }
        self.segments = len(names)
        self.kinds = {f"flag{place}": random.randint(0, 3) for place in range(random.randint(3, 12))}
        if random.random() < 0.2:
            self.kinds["flág"] = 1
        self.flags_left = list(self.kinds)
        for key, kind in self.kinds.items():
            document["f"][key] = self.setting(key, kind)
            self.flags_left.remove(key)
        return document

    def simple(self, keys):
        """An override document of plain values."""
        values = [True, False, "text", "", 1, 0, -7, 0.5, 2.0]
        return {"flags": {key: self.random.choice(values) for key in keys}}

    def segment(self, name):
        count = self.random.choice([0, 1, 1, 1, 2, 3])
        return {"n": name, "r": [self.user_condition(name, in_segment=True) for _ in range(count)]}

    def setting(self, key, kind):
        random = self.random
        setting = {"t": kind, "v": self.value(kind)}
        if random.random() < 0.03:
            setting["v"] = self.value((kind + 1) % 2)
        if random.random() < 0.8:
            setting["i"] = self.id()
        if random.random() < 0.3:
            setting["a"] = random.choice(ATTRIBUTES)
        if random.random() < 0.85:
            setting["r"] = [self.rule(key, kind) for _ in range(random.choice([1, 1, 2, 3, 4]))]
        if random.random() < 0.3:
            setting["p"] = self.options(kind)
        return setting

    def rule(self, key, kind):
        random = self.random
        count = random.choice([1, 1, 1, 2, 2, 3])
        rule = {"c": [self.condition(key) for _ in range(count)]}
        if random.random() < 0.75:
            rule["s"] = {"v": self.value(kind)}
            if random.random() < 0.8:
                rule["s"]["i"] = self.id()
        else:
            rule["p"] = self.options(kind)
        return rule

    def options(self, kind):
        shares = self.random.choice([[100], [50, 50], [1, 99], [33, 33, 34], [0, 100], [25, 25, 25, 25], [20, 70, 30], [99, 0, 1]])
        options = []
        for share in shares:
            option = {"p": share, "v": self.value(kind)}
            if self.random.random() < 0.8:
                option["i"] = self.id()
            options.append(option)
        return options

    def value(self, kind):
        random = self.random
        return [
            {"b": random.random() < 0.5},
            {"s": random.choice(["Cat", "Dog", "Falcon", "", "kutya 🐕"])},
            {"i": random.choice([0, 1, 2, 42, -5])},
            {"d": random.choice([0.1, 3.14, -2.5, 1e-3])},
        ][kind]

    def id(self):
        return f"{self.random.randrange(1 << 32):08x}"

    # Conditions

    def condition(self, key):
        chance = self.random.random()
        if chance < 0.68:
            return {"u": self.user_condition(key)}
        if chance < 0.82:
            return {"s": {"s": self.random.randrange(self.segments), "c": self.random.randint(0, 1)}}
        return {"p": self.prerequisite()}

    def prerequisite(self):
        random = self.random
        earlier = [key for key in self.kinds if key not in self.flags_left]
        key = random.choice(earlier if earlier and random.random() < 0.8 else list(self.kinds))
        kind = self.kinds[key]
        if random.random() < 0.03:
            key = "no such flag"
        if random.random() < 0.04:
            kind = (kind + 1) % 4
        return {"f": key, "c": 9 if random.random() < 0.02 else random.randint(0, 1), "v": self.value(kind)}

    def user_condition(self, context_salt, in_segment=False):
        random = self.random
        comparator = random.randint(0, 35)
        if random.random() < 0.02 and not in_segment:
            comparator = 99
        condition = {"a": self.attribute(comparator), "c": comparator}
        condition.update(self.comparison(comparator, context_salt, in_segment))
        if random.random() < 0.02 and comparator in TEXT_LISTS + HASHED_LISTS[:2] + HASHED_AFFIXES:
            del condition["l"]
        return condition

    def attribute(self, comparator):
        if self.random.random() < 0.25:
            return self.random.choice([name for name in ATTRIBUTES if name != "List" or not is_numeric(comparator)])
        if 4 <= comparator <= 9:
            return "Version"
        if 10 <= comparator <= 15:
            return "Number"
        if comparator in (18, 19):
            return "Date"
        if comparator in (26, 27, 34, 35):
            return "List"
        return self.random.choice(["Identifier", "Email", "Country", "Custom1"])

    def comparison(self, comparator, context_salt, in_segment):
        random = self.random
        if comparator in (4, 5):
            pool = VERSIONS * 2 if in_segment else VERSIONS * 4 + BAD_VERSIONS
            return {"l": [self.padded(text) for text in self.some(pool, 3) + [random.choice(VERSIONS)]]}
        if 6 <= comparator <= 9:
            return {"s": self.padded(random.choice(VERSIONS * 5 if in_segment else VERSIONS * 5 + BAD_VERSIONS[:4]))}
        if 10 <= comparator <= 15:
            return {"d": random.choice(NUMBERS)}
        if comparator in (18, 19):
            return {"d": random.choice(DATES)}
        if comparator in (20, 21):
            return {"s": sha256(random.choice(TEXTS), self.salt, context_salt)}
        if comparator in (28, 29):
            return {"s": random.choice(TEXTS + ["3", "2.1", "True", "False", "1680307200", '["HU","a"]'])}
        if comparator in HASHED_LISTS:
            return {"l": [sha256(text, self.salt, context_salt) for text in self.some(TEXTS, 5)]}
        if comparator in HASHED_AFFIXES:
            return {"l": [self.hashed_affix(comparator, context_salt) for _ in range(random.randint(1, 4))]}
        if comparator in (30, 31, 32, 33, 2, 3):
            return {"l": [self.affix(comparator) for _ in range(random.randint(1, 12))]}
        return {"l": self.some(TEXTS, 14)}

    def padded(self, text):
        return f"  {text} " if self.random.random() < 0.1 else text

    def some(self, pool, most):
        return [self.random.choice(pool) for _ in range(self.random.randint(0, most))]

    def affix(self, comparator):
        text = self.random.choice(TEXTS)
        length = self.random.randint(1, max(1, len(text)))
        return text[:length] if comparator in (30, 31) else text[-length:]

    def hashed_affix(self, comparator, context_salt):
        text = self.random.choice(TEXTS)
        length = self.random.randint(1, len(text))
        piece = text[:length] if comparator in (22, 23) else text[-length:]
        return f"{len(piece.encode())}_{sha256(piece, self.salt, context_salt)}"

    # Users

    def user(self):
        random = self.random
        if random.random() < 0.08:
            return None
        user = {"Identifier": random.choice(TEXTS + [""] + [str(random.randrange(100000)) for _ in range(10)])}
        for name in ("Email", "Country"):
            if random.random() < 0.75:
                user[name] = random.choice(TEXTS + [""])
        custom = {
            "Custom1": lambda: random.choice(TEXTS + [True, False, 3, 2.1, -1, 0.12345, 125.0, {"$date": "2023-04-01T00:00:00Z"}, ["HU", "a"], []]),
            "Version": lambda: random.choice([self.padded(random.choice(VERSIONS)) for _ in range(20)] + BAD_VERSIONS + [1, 1.5]),
            "Number": lambda: random.choice(NUMBERS + [True, False, 9007199254740993, 1e15] + NUMBER_TEXTS + [{"$float": name} for name in ("NaN", "Infinity", "-Infinity")]),
            "Date": lambda: random.choice(DATES + ["1680307200.5", " 1693497600 ", "2023.04.10", {"$date": "2023-03-31T23:59:59.999Z"},
                                                   {"$date": "2023-05-01T02:00:00.001+02:00"}, {"$float": "Infinity"}]),
            "List": lambda: random.choice([self.some(TEXTS, 3), json.dumps(self.some(TEXTS, 3)), json.dumps(self.some(TEXTS, 2), ensure_ascii=False),
                                           "[]", "[1]", "HU", "[\"HU\"", "[\"HU\",]", " [ \"HU\" , \"a\" ] ", "\"HU\"", 5, [], "{}"]),
            "a.b": lambda: random.choice(TEXTS),
        }
        for name, make in custom.items():
            if random.random() < 0.8:
                user[name] = make()
        return user


def is_numeric(comparator):
    return 10 <= comparator <= 15 or comparator in (18, 19)
