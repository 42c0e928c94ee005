//! Targeting rules: the first one whose conditions hold decides, even if it says off.

use serde_json::Value;

use super::{
    Answer, Scene,
    bucket::Bucketing,
    condition,
    flag::{off, on},
    read,
};

/// The answer of the first rule that matches.
pub(crate) fn first_match(
    scene: &Scene<'_>,
    flag: &Value,
    bucketing: &Bucketing,
) -> Option<Answer> {
    let rules = flag["targeting_rules"].as_array()?;
    let (position, rule) =
        rules.iter().enumerate().find(|(_, rule)| matches(scene, rule, bucketing))?;
    let id = rule["id"].as_str().map_or_else(|| position.to_string(), str::to_owned);
    let own = bucketing.salted(format!("{}:{id}", bucketing.salt));
    Some(answer(scene, flag, rule, &own).by(&id))
}

fn matches(scene: &Scene<'_>, rule: &Value, bucketing: &Bucketing) -> bool {
    let results = condition::results(scene, rule, bucketing);
    if rule["match_type"] == "any" { results.contains(&true) } else { !results.contains(&false) }
}

fn answer(scene: &Scene<'_>, flag: &Value, rule: &Value, own: &Bucketing) -> Answer {
    if rule["enabled"] == false {
        return off(flag, "TARGETING_MATCH");
    }
    let rollout = &rule["rollout"];
    let percentage = rollout["percentage"].as_f64().unwrap_or(100.0);
    let reason = if percentage >= 100.0 { "TARGETING_MATCH" } else { "SPLIT" };
    let id = own.id(scene);
    if !own.is_inside(&id, percentage) {
        return off(flag, reason);
    }
    let variant = match rule["variant"].as_str() {
        Some(variant) => Some(variant.to_owned()),
        None => own.pick(&id, &read::weights(&rollout["variants"]).unwrap_or_default()),
    };
    on(flag, variant, reason)
}
