"""Asks Flipt's own client-side engine about random documents and contexts.

    python oracle.py --seed 1 --count 5000 --out DIR

writes DIR/documents/*.json and DIR/cases.jsonl in the form of the conformance cases. The same seed
gives the same files. The engine fetches its document from a server; here that is one in this process,
on the loopback interface, and nothing else is ever asked.
"""

import argparse
import http.server
import importlib.metadata
import json
import pathlib
import random
import threading

from flipt_client import FliptClient
from flipt_client.errors import EvaluationError
from flipt_client.models import ClientOptions, EvaluationRequest

import documents


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=5000)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    (options.out / "documents").mkdir(parents=True, exist_ok=True)
    chance = random.Random(options.seed)
    server = Server()
    with open(options.out / "cases.jsonl", "w", encoding="utf-8") as cases:
        written = number = 0
        while written < options.count:
            number += 1
            wanted = min(CASES_PER_DOCUMENT, options.count - written)
            for case in ask(chance, server, options.out, f"{options.seed}-{number}", wanted):
                cases.write(json.dumps(case, ensure_ascii=False) + "\n")
                written += 1


class Server:
    """Serves one document at a time to engines in this process."""

    def __init__(self):
        self.body = b""
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(owner.body)))
                self.end_headers()
                self.wfile.write(owner.body)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def client(self, text):
        self.body = text.encode("utf-8")
        url = f"http://127.0.0.1:{self.http.server_port}"
        return FliptClient(ClientOptions(url=url, namespace="default", update_interval=86400))


def ask(chance, server, out, name, wanted):
    """Cases about one new document."""
    document = documents.document(chance)
    path = f"documents/{name}.json"
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (out / path).write_text(text, encoding="utf-8")
    client = server.client(text)
    kinds = {flag["key"]: flag.get("type", "VARIANT_FLAG_TYPE") for flag in document["flags"]}
    for number in range(wanted):
        flag = chance.choice(list(kinds) + ["unknown"])
        context = {"entityId": chance.choice(documents.ENTITIES), "context": documents.context(chance)}
        kind = "boolean" if kinds.get(flag) == "BOOLEAN_FLAG_TYPE" else "variant"
        if flag == "unknown" or chance.random() < 0.1:
            kind, flag, context = "batch", None, {"requests": requests(chance, list(kinds))}
        yield {
            "id": f"flipt/oracle/{name}/{number}",
            "vendor": "flipt",
            "suite": "oracle",
            "kind": kind,
            "document": path,
            "flag": flag,
            "context": context,
            "expected": answer(client, kind, flag, context),
            "recorded_from": RECORDED_FROM,
        }
    client.close()


def requests(chance, keys):
    return [
        {
            "flag": chance.choice(keys + ["unknown"]),
            "entityId": chance.choice(documents.ENTITIES),
            "context": documents.context(chance),
        }
        for _ in range(3)
    ]


def answer(client, kind, flag, context):
    try:
        if kind == "batch":
            asked = [
                EvaluationRequest(flag_key=one["flag"], entity_id=one["entityId"], context=one["context"])
                for one in context["requests"]
            ]
            return {"responses": [response(one) for one in client.evaluate_batch(asked).responses]}
        if kind == "boolean":
            found = client.evaluate_boolean(flag, context["entityId"], context["context"])
            return snake(found, ("enabled", "flag_key", "reason", "segment_keys"))
        found = client.evaluate_variant(flag, context["entityId"], context["context"])
        return snake(found, VARIANT_FIELDS)
    except EvaluationError as error:
        raise SystemExit(f"{flag}: {error}") from error


def snake(found, names):
    """Those fields; empty text stands for nothing, and segments have no order of their own."""
    made = {name: getattr(found, name) or (None if name.startswith("variant_") else getattr(found, name))
            for name in names}
    made["segment_keys"] = sorted(made["segment_keys"])
    return made


def camel(found, names):
    words = {name: name.split("_") for name in names}
    return {
        words[name][0] + "".join(word.title() for word in words[name][1:]): value
        for name, value in snake(found, names).items()
    }


def response(one):
    variant, boolean = one.variant_evaluation_response, one.boolean_evaluation_response
    error = one.error_evaluation_response
    return {
        "type": one.type,
        "variantResponse": variant and camel(variant, VARIANT_FIELDS),
        "booleanResponse": boolean and camel(boolean, ("enabled", "flag_key", "reason", "segment_keys")),
        "errorResponse": error and {
            "flagKey": error.flag_key, "namespaceKey": error.namespace_key, "reason": error.reason,
        },
    }


VARIANT_FIELDS = ("match", "segment_keys", "reason", "flag_key", "variant_key", "variant_attachment")
CASES_PER_DOCUMENT = 60
RECORDED_FROM = "flipt-client " + importlib.metadata.version("flipt-client")

if __name__ == "__main__":
    main()
