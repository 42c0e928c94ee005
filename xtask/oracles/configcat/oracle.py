"""Asks ConfigCat's own SDK about random documents and writes the answers as conformance cases.

    python oracle.py --seed 1 --count 3000 --out DIR

Nothing here uses the network: documents reach the SDK as local overrides, or as what an offline
client finds in its cache. See documents.py for what is left out and why.
"""

import argparse
import json
import logging
import os
import random
import re
from datetime import datetime
from importlib.metadata import version

from configcatclient import ConfigCatClient
from configcatclient.configcache import ConfigCache
from configcatclient.configcatoptions import ConfigCatOptions
from configcatclient.configentry import ConfigEntry
from configcatclient.localfiledatasource import LocalFileFlagOverrides
from configcatclient.overridedatasource import OverrideBehaviour
from configcatclient.pollingmode import PollingMode
from configcatclient.user import User

from documents import Documents, is_numeric

BEHAVIOURS = {
    "local-only": OverrideBehaviour.LocalOnly,
    "local-over-remote": OverrideBehaviour.LocalOverRemote,
    "remote-over-local": OverrideBehaviour.RemoteOverLocal,
}
CASES_PER_DOCUMENT = 40


class FilledCache(ConfigCache):
    """A cache in which an offline client finds a document."""

    def __init__(self, document):
        self.entry = ConfigEntry(config_json_string=json.dumps(document), etag="oracle", fetch_time=1.0).serialize()

    def get(self, key):
        return self.entry

    def set(self, key, value):
        pass


class Records(logging.Handler):
    """Keeps what the SDK logs."""

    def __init__(self):
        super().__init__()
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


def client(key, remote, overrides):
    options = {"polling_mode": PollingMode.manual_poll(), "offline": True}
    if remote is not None:
        options["config_cache"] = FilledCache(remote)
    if overrides is not None:
        path, behaviour = overrides
        options["flag_overrides"] = LocalFileFlagOverrides(path, BEHAVIOURS[behaviour])
    return ConfigCatClient.get(key, ConfigCatOptions(**options))


def value_of(json_value):
    """A context's value as the SDK wants it."""
    if isinstance(json_value, dict) and "$float" in json_value:
        return float(json_value["$float"])
    if isinstance(json_value, dict) and "$date" in json_value:
        return datetime.fromisoformat(json_value["$date"].replace("Z", "+00:00"))
    return json_value


def user_of(context):
    if context is None:
        return None
    custom = {name: value_of(value) for name, value in context.items() if name not in ("Identifier", "Email", "Country")}
    return User(context["Identifier"], context.get("Email"), context.get("Country"), custom)


def is_excluded(document, context):
    """Whether an attribute meets a numeric comparator that the SDK answers with a crash."""
    if context is None:
        return False
    unusable = {name for name, value in context.items() if isinstance(value, list) or isinstance(value, dict) and "$date" in value}
    conditions = [part["u"] for setting in document.get("f", {}).values() for rule in setting.get("r", []) for part in rule["c"] if "u" in part]
    conditions += [condition for segment in document.get("s", []) for condition in segment["r"]]
    crashes = lambda condition: (
        is_numeric(condition["c"]) and isinstance(context[condition["a"]], list)
        or 10 <= condition["c"] <= 15)
    return any(condition["a"] in unusable and crashes(condition) for condition in conditions)


def expected(details, records):
    if details.error is not None:
        return {"error": True}
    found = {"value": details.value}
    log = next(text for text in records.messages if text.startswith("[5000]"))
    if not is_crooked(log):
        found["steps"] = steps(log)
    if details.variation_id is not None:
        found["variationId"] = details.variation_id
    return found


def is_crooked(log):
    """Whether the log has words or line breaks that only the SDK for Python has."""
    return any(re.search(pattern, log) for pattern in (
        r"Evaluating segment '.*':\n *Segment",  # the indentation is lost at a segment without conditions
        r"failed to evaluate\.\n *\)\n *=>",  # a segment that cannot be evaluated is called true
        r" OF '(None|<hashed value>)'",  # a comparison value that is missing
        # attributes that only Python shows this way: trimmed, dates, lists, infinities
        r"attribute is invalid \('(?!(5|\[1\]|HU|wrong|v1\.0\.0|01\.0\.0|NaNa|not_a_number|0x10|--1)' is)",
        r"'-?\d+\.0'",  # whole numbers of the type double
    ))


def steps(log):
    """The evaluation log behind its first line, which shows the user; words that differ between
    the SDKs are those of the recorded logs."""
    log = log.replace("DOES NOT EQUAL", "NOT EQUALS").replace("Z UTC)", " UTC)")
    return [lower_booleans(line) for line in log.split("\n")[1:] if line.strip()]


def lower_booleans(line):
    """Values of settings as other languages write them; what users are compared with stays."""
    condition, then, served = line.partition(" THEN ")
    lower = lambda text: text.replace("'True'", "'true'").replace("'False'", "'false'")
    return (condition if "User." in condition else lower(condition)) + then + lower(served)


class Writer:
    def __init__(self, out):
        self.out = out
        os.makedirs(os.path.join(out, "documents"), exist_ok=True)
        self.cases = open(os.path.join(out, "cases.jsonl"), "w", encoding="utf-8")
        self.count = 0

    def document(self, name, document):
        path = f"documents/{name}.json"
        with open(os.path.join(self.out, path), "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False)
        return path

    def case(self, **fields):
        self.count += 1
        case = {"id": f"configcat/oracle/{self.count}", "vendor": "configcat", "suite": "oracle", "kind": "flag", **fields}
        case["recorded_from"] = f"configcat-client {version('configcat-client')}"
        self.cases.write(json.dumps(case, ensure_ascii=False) + "\n")


def ask(writer, maker, number, records):
    """Makes one document and asks for its flags."""
    chance = maker.random
    document = maker.document()
    path = writer.document(number, document)
    local, overrides = None, None
    if chance.random() < 0.2:
        local = maker.document() if chance.random() < 0.6 else maker.simple(list(document["f"])[::2] + ["only local"])
        behaviour = chance.choice(list(BEHAVIOURS))
        overrides = {"document": writer.document(f"{number}-local", local), "behaviour": behaviour}
        sources = (os.path.join(writer.out, overrides["document"]), behaviour)
        sdk = client("k" * 22 + "/" + f"{number:022}", document, sources)
    else:
        sdk = client(f"local-{number}", None, (os.path.join(writer.out, path), "local-only"))
    keys = list(dict.fromkeys([*document["f"], *(local or {}).get("f", (local or {}).get("flags", {})), "no such flag"]))
    for _ in range(CASES_PER_DOCUMENT):
        key, context = chance.choice(keys), maker.user()
        if is_excluded(document, context) or is_excluded(local or {}, context):
            continue
        records.messages.clear()
        details = sdk.get_value_details(key, None, user_of(context))
        fields = {"document": path, "flag": key, "context": context, "expected": expected(details, records)}
        if overrides is not None:
            fields["overrides"] = overrides
        writer.case(**fields)
    sdk.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()

    records = Records()
    logger = logging.getLogger("configcat")
    logger.addHandler(records)
    logger.setLevel(logging.INFO)
    logger.propagate = False

    writer = Writer(arguments.out)
    maker = Documents(random.Random(arguments.seed))
    number = 0
    while writer.count < arguments.count:
        ask(writer, maker, number, records)
        number += 1
    writer.cases.close()


if __name__ == "__main__":
    main()
