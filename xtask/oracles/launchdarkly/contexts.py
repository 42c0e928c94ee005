"""Random contexts: of one kind, of several, in the old form of users, and invalid ones."""

from documents import COUNTRIES, KEYS, KINDS, NUMBERS, TIMES, VERSIONS

ODD = [None, True, 1, "1", [], ["x", None], {"x": 1}]


class Contexts:
    """Makes one context after another from one source of randomness."""

    def __init__(self, random):
        self.random = random

    def context(self):
        chance = self.random.random()
        if chance < 0.05:
            return self.invalid()
        if chance < 0.15:
            return self.old_user()
        if chance < 0.45:
            kinds = sorted({self.random.choice(KINDS) for _ in range(3)})
            return {"kind": "multi", **{kind: self.single() for kind in kinds}}
        return {"kind": self.random.choice(KINDS), **self.single()}

    def single(self):
        random = self.random
        pools = {
            "country": COUNTRIES,
            "age": NUMBERS,
            "score": NUMBERS,
            "beta": [True, False],
            "version": VERSIONS,
            "created": TIMES,
            "tags": [["red", "blue"], ["red", 1, None, ["red"], {"a": "red"}], [], ["re"], "red"],
            "mixed": ["red", 18, True, ["2.0.0", 18], [TIMES[0], 1714557600000], [[18]], {"a": 1}],
            "email": ["a@x.org", "é@y.org", ""],
            "address": [{"city": "Rome", "geo": {"zip": 10}}, {"city": None}, "Rome", {"geo": "x"}],
            "a/b": COUNTRIES,
            "/odd": COUNTRIES,
            "~t": COUNTRIES,
            "id": [7, "7", -3, 33333, "x", True, 1.5, ["x"]],
        }
        context = {"key": random.choice(KEYS)}
        for name, pool in pools.items():
            if random.random() < 0.65:
                # A whole number that is written as a float must not be bucketed, see documents.py.
                context[name] = random.choice(ODD) if random.random() < 0.08 else random.choice(pool)
        if random.random() < 0.4:
            context["anonymous"] = random.random() < 0.5
        if random.random() < 0.4:
            context["name"] = random.choice(["Ann", "Bob", "", None])
        if random.random() < 0.1:
            context["_meta"] = {"privateAttributes": ["email"]}
        return context

    def old_user(self):
        """The form without kinds: see `as_new` for what it means."""
        single = self.single()
        user = {"key": single.pop("key")}
        for name in ["name", "anonymous"]:
            if name in single:
                user[name] = single.pop(name)
        single.pop("_meta", None)
        for name in ["country", "email"]:
            if isinstance(single.get(name), str) and self.random.random() < 0.5:
                user[name] = single.pop(name)
            elif name in single:
                single.pop(name)
        if single:
            user["custom"] = single
        if self.random.random() < 0.2:
            user["custom"] = {**single, "key": "hidden", "kind": "org", "anonymous": True, "name": "hidden"}
        return user

    def invalid(self):
        return self.random.choice(
            [
                {"kind": "user", "key": ""},
                {"kind": "user"},
                {"kind": "user", "key": 7},
                {"kind": "kind", "key": "x"},
                {"kind": "", "key": "x"},
                {"kind": "white space", "key": "x"},
                {"kind": 3, "key": "x"},
                {"kind": None, "key": "x"},
                {"kind": "multi"},
                {"kind": "multi", "user": {"key": ""}},
                {"kind": "multi", "user": {"key": "x"}, "kind!": {"key": "x"}},
                {"kind": "multi", "user": "x"},
                {"kind": "user", "key": "x", "name": 1},
                {"kind": "user", "key": "x", "anonymous": "yes"},
                {"kind": "user", "key": "x", "_meta": "x"},
                {"kind": "user", "key": "x", "_meta": {"privateAttributes": "x"}},
            ]
        )


def as_new(context):
    """The old form of a user, for an SDK that does not read it."""
    if "kind" in context:
        return context
    hidden = ["kind", "key", "name", "anonymous", "_meta"]
    custom = {name: value for name, value in context.get("custom", {}).items() if name not in hidden}
    known = ["key", "name", "anonymous", "country", "email"]
    return {"kind": "user", **{name: context[name] for name in known if name in context}, **custom}
