"""Random contexts in Unleash's own words."""

import words


def context(chance):
    made = {}
    for name, values in BUILT_IN:
        if chance.random() < 0.5:
            made[name] = odd(chance) if chance.random() < 0.04 else chance.choice(values)
    if chance.random() < 0.03:
        made["somethingElse"] = chance.choice(("text", 5, True, None))
    if chance.random() < 0.85:
        made["properties"] = properties(chance)
    return made


def properties(chance):
    made = {}
    for name in words.PROPERTIES:
        if chance.random() < 0.6:
            made[name] = odd(chance) if chance.random() < 0.08 else chance.choice(values(name))
    if chance.random() < 0.05:
        made[chance.choice(("userId", "sessionId", "appName"))] = chance.choice(words.USERS)
    return made


def values(name):
    """Mostly what a property of this name is compared with, sometimes anything."""
    return BY_PROPERTY.get(name, words.TEXTS)


def odd(chance):
    return chance.choice((5, 5.0, 5.5, -1, 1e21, 1e-7, True, False, None, [1], {}, 10**20, 0.1))


BUILT_IN = [
    ("userId", words.USERS),
    ("sessionId", words.SESSIONS),
    ("environment", words.ENVIRONMENTS),
    ("appName", words.APPS),
    ("remoteAddress", words.ADDRESSES),
    ("currentTime", words.TIMES),
]
BY_PROPERTY = {
    "age": words.NUMBERS,
    "version": words.VERSIONS,
    "when": words.TIMES,
    "ip": words.ADDRESSES,
    "country": words.TEXTS + words.NUMBERS,
}
