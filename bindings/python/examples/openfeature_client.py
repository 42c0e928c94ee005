"""Asking through OpenFeature's SDK."""

from openfeature import api
from openfeature.evaluation_context import EvaluationContext

from flagkit.openfeature import Provider

FLAGS = """
schema: flagkit/1
flags:
  new-checkout:
    enabled: true
    targeting_rules:
      - { id: germany, when: country == "DE" }
    rollout_percentage: 0
"""

api.set_provider_and_wait(Provider(document=FLAGS))
found = api.get_client().get_boolean_details("new-checkout", False, EvaluationContext("u-42", {"country": "DE"}))
assert found.value is True and found.reason == "TARGETING_MATCH"
assert found.flag_metadata["rule"] == "germany"
api.shutdown()
print(found)
