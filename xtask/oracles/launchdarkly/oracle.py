"""Asks LaunchDarkly's own SDK, offline, about random documents and contexts.

python oracle.py --seed N --count N --out DIR writes DIR/documents/*.json and
DIR/cases.jsonl in the form of the conformance cases. One seed gives one answer for ever.

The SDK buckets in double precision; the cases say so in `dialect`.
"""

import argparse
import base64
import hashlib
import json
import logging
import pathlib
import random
import time

from contexts import Contexts, as_new
from documents import Documents
from ldclient.client import LDClient
from ldclient.config import BigSegmentsConfig, Config
from ldclient.context import Context
from ldclient.feature_store import InMemoryFeatureStore
from ldclient.interfaces import BigSegmentStore, BigSegmentStoreMetadata
from ldclient.version import VERSION
from ldclient.versioned_data_kind import FEATURES, SEGMENTS

CASES_PER_DOCUMENT = 25


class Store(BigSegmentStore):
    """Big segments in memory, which notes who was asked for."""

    def __init__(self, status, memberships):
        self.status, self.memberships, self.queries = status, memberships, []

    def get_metadata(self):
        now = int(time.time() * 1000)
        return BigSegmentStoreMetadata(0 if self.status == "STALE" else now)

    def get_membership(self, context_hash):
        self.queries.append(context_hash)
        if self.status == "STORE_ERROR":
            raise OSError("the store is away")
        return self.memberships.get(context_hash)

    def stop(self):
        pass


def hash_of(key):
    return base64.b64encode(hashlib.sha256(key.encode()).digest()).decode()


def client_of(document, store):
    data = {FEATURES: document["flags"], SEGMENTS: document["segments"]}
    features = InMemoryFeatureStore()
    features.init({kind: {key: kind.decode(item) for key, item in items.items()} for kind, items in data.items()})
    big = {}
    if store is not None:
        # Nothing is remembered from one evaluation to the next.
        big["big_segments"] = BigSegmentsConfig(store=store, context_cache_time=0, status_poll_interval=3600)
    config = Config("sdk-oracle", feature_store=features, use_ldd=True, send_events=False, **big)
    return LDClient(config, start_wait=0)


class Oracle:
    def __init__(self, seed, out):
        self.random = random.Random(seed)
        self.out, self.seed = out, seed
        self.documents, self.contexts = Documents(self.random), Contexts(self.random)
        self.written = 0

    def write(self, count):
        (self.out / "documents").mkdir(parents=True, exist_ok=True)
        with open(self.out / "cases.jsonl", "w", encoding="utf-8") as cases:
            self.cases = cases
            while self.written < count:
                self.ask_about(f"documents/{self.written // CASES_PER_DOCUMENT}.json", count)

    def ask_about(self, path, count):
        document = self.documents.document()
        (self.out / path).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        contexts = [self.contexts.context() for _ in range(CASES_PER_DOCUMENT)]
        store, said = self.store(document, contexts)
        client = client_of(document, store)
        for context in contexts:
            if self.written >= count:
                break
            if self.random.random() < 0.03:
                self.hash(client, context)
            else:
                self.flag(client, path, document, context, store, said)
            self.written += 1
        client.close()

    def store(self, document, contexts):
        """A store of big segments and what cases say about it."""
        big = [segment for segment in document["segments"].values() if segment.get("unbounded")]
        if not big:
            return None, None
        status = self.random.choice(["HEALTHY", "HEALTHY", "STALE", "STORE_ERROR", "NOT_CONFIGURED"])
        if status == "NOT_CONFIGURED":
            return None, {"status": status}
        memberships = {}
        for key in sorted(keys_of(contexts)):
            references = [f"{segment['key']}.g{segment.get('generation', 0)}" for segment in big]
            picked = {name: self.random.random() < 0.6 for name in references if self.random.random() < 0.5}
            if self.random.random() < 0.8:
                memberships[hash_of(key)] = picked
        return Store(status, memberships), {"status": status, "memberships": memberships}

    def flag(self, client, path, document, context, store, said):
        key = self.random.choice([*document["flags"]] * 6 + ["no-such-flag"])
        if store is not None:
            store.queries.clear()
        default = self.random.choice([None, "default", 7])
        # What has no kind in it, not even an empty one, is an old user.
        found = client.variation_detail(key, Context.from_dict(as_new(context)), default)
        expected = {"value": found.value, "variationIndex": found.variation_index, "reason": found.reason}
        case = {"kind": "flag", "document": path, "flag": key, "context": context, "default": default}
        case.update(value_type="any", dialect="f64")
        if said is not None:
            case["big_segment_store"] = said
            expected["membershipQueries"] = list(store.queries) if store else []
        self.emit(case, expected)

    def hash(self, client, context):
        context_of_sdk = Context.from_dict(as_new(context))
        if not context_of_sdk.valid:
            context, context_of_sdk = {"kind": "user", "key": "x"}, Context.create("x")
        case = {"kind": "secure-mode-hash", "document": None, "input": {"sdkKey": "sdk-oracle"}, "context": context}
        self.emit(case, {"hash": client.secure_mode_hash(context_of_sdk)})

    def emit(self, case, expected):
        head = {"id": f"launchdarkly/oracle/{self.seed}/{self.written}", "vendor": "launchdarkly", "suite": "oracle"}
        tail = {"expected": expected, "recorded_from": f"launchdarkly-server-sdk {VERSION}"}
        self.cases.write(json.dumps({**head, **case, **tail}, ensure_ascii=False) + "\n")


def keys_of(contexts):
    """All texts that stand under `key`."""
    for context in contexts:
        for part in [context, *context.values()]:
            if isinstance(part, dict) and isinstance(part.get("key"), str):
                yield part["key"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    Oracle(arguments.seed, arguments.out).write(arguments.count)


if __name__ == "__main__":
    main()
