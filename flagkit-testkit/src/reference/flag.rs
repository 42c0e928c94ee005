//! One sound flag: the table "Evaluation, in this order", step by step.

use serde_json::Value;

use super::{Answer, Scene, attribute, bucket::Bucketing, document, evaluate, read, rule};

/// Steps 2 to 7; the caller has done step 1 and the static check.
pub(crate) fn answer(scene: &Scene<'_>, name: &str) -> Answer {
    let flag =
        document::entries(scene.document, name).first().map_or(Value::Null, |flag| (*flag).clone());
    let bucketing = Bucketing::of_flag(scene.document, name, &flag);
    let id = bucketing.id(scene);
    if is_disabled(scene, &flag) {
        return off(&flag, "DISABLED");
    }
    if let Some(answer) = overridden(&flag, &id) {
        return answer;
    }
    if !are_prerequisites_met(scene, &flag) {
        return off(&flag, "PREREQUISITE_FAILED");
    }
    if let Some(answer) = rule::first_match(scene, &flag, &bucketing) {
        return answer;
    }
    split(scene, &flag, &bucketing)
}

pub(crate) fn off(flag: &Value, reason: &'static str) -> Answer {
    // Not `flag["default"]`: a default that is written as `null` is a value.
    let default = flag.get("default").cloned().unwrap_or(Value::Bool(false));
    Answer::off(default, reason)
}

/// On, with the value of that variant, or `true` without one.
pub(crate) fn on(flag: &Value, variant: Option<String>, reason: &'static str) -> Answer {
    let Some(name) = variant else {
        return Answer::on(reason);
    };
    let variants = read::variants(flag).unwrap_or_default();
    let value =
        variants.into_iter().find(|variant| variant.name == name).map(|variant| variant.value);
    Answer { value: value.unwrap_or(Value::Null), variant: Some(name), ..Answer::on(reason) }
}

fn is_disabled(scene: &Scene<'_>, flag: &Value) -> bool {
    flag["enabled"] != true || !is_in_environment(scene, flag) || !is_in_schedule(scene, flag)
}

fn is_in_environment(scene: &Scene<'_>, flag: &Value) -> bool {
    let Some(environments) = flag["environments"].as_array() else {
        return true;
    };
    let environment = attribute::environment(scene).map(Value::from);
    let environment = environment.or_else(|| attribute::own(scene, "environment"));
    environment.is_some_and(|environment| environments.contains(&environment))
}

fn is_in_schedule(scene: &Scene<'_>, flag: &Value) -> bool {
    let schedule = &flag["schedule"];
    let starts_at = read::seconds(&schedule["starts_at"]);
    let ends_at = read::seconds(&schedule["ends_at"]);
    starts_at.is_none_or(|start| scene.world.now >= start)
        && ends_at.is_none_or(|end| scene.world.now < end)
}

fn overridden(flag: &Value, id: &str) -> Option<Answer> {
    let answer = match flag["overrides"].get(id)? {
        Value::Bool(false) => off(flag, "TARGETING_MATCH"),
        Value::String(variant) => on(flag, Some(variant.clone()), "TARGETING_MATCH"),
        _ => on(flag, None, "TARGETING_MATCH"),
    };
    Some(answer.by("override"))
}

fn are_prerequisites_met(scene: &Scene<'_>, flag: &Value) -> bool {
    read::dependencies(flag).unwrap_or_default().iter().all(|dependency| {
        let parent =
            evaluate(scene.document, &dependency.flag, scene.context, &Value::Null, scene.world);
        let is_variant_fine = dependency.variants.is_empty()
            || parent.variant.is_some_and(|variant| dependency.variants.contains(&variant));
        parent.enabled && is_variant_fine
    })
}

fn split(scene: &Scene<'_>, flag: &Value, bucketing: &Bucketing) -> Answer {
    let id = bucketing.id(scene);
    let percentage = current_percentage(scene, flag);
    if !bucketing.is_inside(&id, percentage) {
        return off(flag, "SPLIT");
    }
    let variants = read::variants(flag).unwrap_or_default();
    if variants.is_empty() {
        return on(flag, None, if percentage >= 100.0 { "STATIC" } else { "SPLIT" });
    }
    let weights: Vec<(String, f64)> =
        variants.into_iter().map(|variant| (variant.name, variant.weight)).collect();
    on(flag, bucketing.pick(&id, &weights), "SPLIT")
}

/// The last step of the ramp that has begun, else the flag's own percentage.
fn current_percentage(scene: &Scene<'_>, flag: &Value) -> f64 {
    let schedule = &flag["schedule"];
    let ramp = schedule["ramp"].as_array().cloned().unwrap_or_default();
    let mut steps: Vec<(f64, f64)> = ramp
        .iter()
        .filter_map(|step| Some((read::seconds(&step["at"])?, step["percentage"].as_f64()?)))
        .collect();
    steps.sort_by(|left, right| left.0.total_cmp(&right.0));
    let begun = steps.iter().rfind(|(at, _)| *at <= scene.world.now);
    begun.map_or(flag["rollout_percentage"].as_f64().unwrap_or(0.0), |(_, percentage)| *percentage)
}
