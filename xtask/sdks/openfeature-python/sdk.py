"""OpenFeature's SDK for Python with its provider for OFREP."""

import asyncio
import logging

from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext

import conversation

# A default that was asked for is written down with a trace, hundreds of them.
logging.getLogger("openfeature").setLevel(logging.CRITICAL)
options = conversation.options(["request", "asyncio"])
headers = {"Authorization": f"Bearer {options.key}"}
api.set_provider_and_wait(OFREPProvider(options.url, headers_factory=lambda: headers))
client = api.get_client()
loop = asyncio.new_event_loop()


def answer(question):
    kind, flag, default = question["type"], question["flag"], question["default"]
    attributes = dict(question["context"])
    context = EvaluationContext(attributes.pop("targetingKey", None), attributes)
    if options.mode == "asyncio":
        ask = getattr(client, f"get_{kind}_details_async")
        found = loop.run_until_complete(ask(flag, default, context))
    else:
        found = getattr(client, f"get_{kind}_details")(flag, default, context)
    return {
        "value": found.value,
        "variant": found.variant,
        "reason": found.reason,
        "error": found.error_code,
        "message": found.error_message,
    }


conversation.hold("openfeature-provider-ofrep", answer, api.shutdown)
