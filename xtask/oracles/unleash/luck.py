"""Whether a random number may decide a case: such cases are not asked.

Errs on the side of caution: it looks at what a flag contains, not at what is reached.
"""


def matters(feature, features, segments, context):
    if alone(feature, context):
        return True
    parents = [features.get(parent["feature"]) for parent in feature.get("dependencies") or []]
    return any(alone(parent, context) for parent in parents if parent)


def alone(feature, context):
    strategies = feature.get("strategies") or []
    if any(draws(strategy, context) for strategy in strategies):
        return True
    variants = feature.get("variants") or []
    stickiness = variants[0].get("stickiness", "default") if variants else "default"
    return is_lottery(variants, stickiness, context)


def draws(strategy, context):
    parameters = strategy.get("parameters") or {}
    stickiness = parameters.get("stickiness", "default")
    if is_lottery(strategy.get("variants") or [], stickiness, context):
        return True
    if strategy["name"] == "gradualRolloutRandom":
        return parameters.get("percentage") not in (None, "0", "1", "100")
    if strategy["name"] == "flexibleRollout":
        is_drawn = stickiness == "random" or (
            # The time of the evaluation stands in for a missing `currentTime`.
            stickiness in ("default", "currentTime") and not is_set(stickiness, context)
        )
        return is_drawn and parameters.get("rollout") not in (None, "0", "100")
    return False


def is_lottery(variants, stickiness, context):
    winners = [variant for variant in variants if variant["weight"] > 0]
    return len(winners) > 1 and not is_known(stickiness, context)


def is_known(stickiness, context):
    # Variants cannot stick to the time.
    return stickiness != "currentTime" and is_set(stickiness, context)


def is_set(stickiness, context):
    names = ("userId", "sessionId") if stickiness == "default" else (stickiness,)
    properties = context.get("properties") or {}
    given = [context.get(name, properties.get(name)) for name in names]
    return any(value is not None and not isinstance(value, (list, dict)) for value in given)
