"""A first program: flags from a document, asked by name and by handle."""

import flagkit

FLAGS = """
schema: flagkit/1
flags:
  new-checkout:
    enabled: true
    targeting_rules:
      - { id: pro-in-europe, when: 'plan == "pro" and country in ["DE", "FR"]' }
    rollout_percentage: 0
  hero-color:
    enabled: true
    rollout_percentage: 100
    variants:
      green: { value: green, weight: 1 }
"""

NEW_CHECKOUT = flagkit.Flag("new-checkout", default=False)

flagkit.init(document=FLAGS)

user = {"user_id": "u-42", "country": "DE", "plan": "pro"}
assert flagkit.is_enabled("new-checkout", user)
assert NEW_CHECKOUT(user)
assert not NEW_CHECKOUT({**user, "plan": "free"})
assert flagkit.string("hero-color", user, "blue") == "green"
assert flagkit.string("no-such-flag", user, "blue") == "blue"
assert flagkit.string_details("no-such-flag", user, "blue").error == "FLAG_NOT_FOUND"
print(flagkit.explain("new-checkout", user))
