"""What `cargo xtask sdks` and the scripts around an SDK say to each other, as lines of JSON.

In comes `{"ask": question}`, or `{"until": question, "was": value, "seconds": 20}` for a question
that is asked again until its value is another; out goes an answer. At the end of the input the SDK
is closed.
"""

import argparse
import importlib.metadata
import json
import sys
import time


def options(modes):
    """The address of the server, a key for it, and how the SDK follows changes."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--key", required=True)
    arguments.add_argument("--mode", choices=modes, default=modes[0])
    return arguments.parse_args()


def hold(package, answer, close):
    """Answers every line until there are no more of them."""
    say({"ready": f"{package} {importlib.metadata.version(package)}"})
    for line in sys.stdin:
        request = json.loads(line)
        if "until" in request:
            say(wait(answer, request))
        else:
            say(answer(request["ask"]))
    close()
    say({"closed": True})


def wait(answer, request):
    end = time.monotonic() + request["seconds"]
    while True:
        found = answer(request["until"])
        if found.get("value") != request["was"] or time.monotonic() > end:
            return found
        time.sleep(0.02)


def say(message):
    print(json.dumps(message), flush=True)
