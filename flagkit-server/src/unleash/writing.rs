//! From a feature to the JSON that Unleash's SDKs read.

use flagkit_core::document::{Bucket, Condition, Lookup, Operator, Order, Test};
use flagkit_core::{Bucketing, Part};
use serde_json::{Value, json};

use super::normal::USER_ID;
use super::reading::{Feature, Strategy};

/// A feature as JSON.
///
/// # Errors
///
/// What Unleash has no words for.
pub(super) fn feature(feature: &Feature) -> Result<Value, String> {
    let strategies: Result<Vec<Value>, String> =
        feature.strategies.iter().map(|one| strategy(one, &feature.name)).collect();
    let parents =
        feature.parents.iter().map(|parent| json!({ "feature": parent, "enabled": true }));
    Ok(json!({
        "name": feature.name,
        "type": "release",
        "enabled": !feature.strategies.is_empty(),
        "stale": false,
        "project": "default",
        "impressionData": feature.has_impressions,
        "strategies": strategies?,
        "variants": [],
        "dependencies": parents.collect::<Vec<_>>(),
    }))
}

fn strategy(strategy: &Strategy, feature: &str) -> Result<Value, String> {
    let mut constraints = Vec::new();
    let mut rollout = None;
    for condition in &strategy.when {
        match condition {
            Condition::Test(test) => constraints.push(constraint(test)?),
            Condition::InBucket(bucket) if rollout.is_none() => {
                rollout = Some(self::rollout(bucket)?);
            }
            _ => return Err("it has a percentage of a percentage".to_owned()),
        }
    }
    let (name, parameters) = match rollout {
        Some(parameters) => ("flexibleRollout", parameters),
        None => ("default", json!({})),
    };
    let variants: Vec<Value> = strategy
        .variant
        .iter()
        .map(|variant| {
            let mut json = json!({
                "name": variant.name,
                "weight": 1000,
                "weightType": "variable",
                "stickiness": "default",
            });
            if let (Some(payload), Some(fields)) = (&variant.payload, json.as_object_mut()) {
                fields.insert("payload".to_owned(), json!(payload));
            }
            json
        })
        .collect();
    let parameters = match parameters {
        Value::Object(mut fields) if !variants.is_empty() => {
            fields.entry("groupId").or_insert_with(|| feature.into());
            Value::Object(fields)
        }
        parameters => parameters,
    };
    Ok(json!({
        "name": name,
        "parameters": parameters,
        "constraints": constraints,
        "segments": [],
        "variants": variants,
    }))
}

fn constraint(test: &Test) -> Result<Value, String> {
    let Lookup::Name(name) = &test.lookup else {
        return Err("a condition looks where Unleash does not".to_owned());
    };
    if FILLED_IN.contains(&&**name) {
        return Err(format!("a condition asks for `{name}`, which Unleash's SDKs fill in"));
    }
    if test.when_missing != test.negate {
        return Err(format!("what a missing `{name}` means cannot be said"));
    }
    let inverted = test.negate;
    let of_texts = |operator: &str, texts: &[String]| {
        json!({
            "contextName": name, "operator": operator, "values": texts,
            "inverted": inverted, "caseInsensitive": false,
        })
    };
    match &test.operator {
        Operator::TextOneOf(texts) => {
            check(texts)?;
            let operator = if inverted { "NOT_IN" } else { "IN" };
            Ok(json!({
                "contextName": name, "operator": operator, "values": texts,
                "inverted": false, "caseInsensitive": false,
            }))
        }
        Operator::TextContains(texts) => {
            checked(texts).map(|texts| of_texts("STR_CONTAINS", texts))
        }
        Operator::StartsWith(texts) => {
            checked(texts).map(|texts| of_texts("STR_STARTS_WITH", texts))
        }
        Operator::EndsWith(texts) => checked(texts).map(|texts| of_texts("STR_ENDS_WITH", texts)),
        Operator::Version(order, versions) => {
            let ([version], Some(operator)) = (versions.as_slice(), version_operator(*order))
            else {
                return Err(format!("`{name}` is compared with several versions"));
            };
            Ok(json!({
                "contextName": name, "operator": operator, "value": version, "values": [],
                "inverted": inverted, "caseInsensitive": false,
            }))
        }
        _ => Err(format!("`{name}` is compared in a way that Unleash does not have")),
    }
}

/// SDKs do not agree on the others.
fn version_operator(order: Order) -> Option<&'static str> {
    match order {
        Order::Equal => Some("SEMVER_EQ"),
        Order::Greater => Some("SEMVER_GT"),
        Order::Less => Some("SEMVER_LT"),
        Order::GreaterOrEqual | Order::LessOrEqual => None,
    }
}

/// Text operators need something to look for.
fn checked(texts: &[String]) -> Result<&[String], String> {
    if texts.is_empty() || texts.iter().any(String::is_empty) {
        return Err("an empty text is looked for".to_owned());
    }
    check(texts).map(|()| texts)
}

/// Some SDKs trim values, and the engine of others cannot read quotes.
fn check(texts: &[String]) -> Result<(), String> {
    let is_odd = |text: &&String| {
        text.trim() != text.as_str() || text.is_empty() || text.contains(['"', '\\'])
    };
    match texts.iter().find(is_odd) {
        Some(text) => Err(format!("Unleash's SDKs do not agree on the text `{text}`")),
        None => Ok(()),
    }
}

/// Who is inside, as a strategy says it.
fn rollout(bucket: &Bucket) -> Result<Value, String> {
    let other = || "a percentage is not hashed as Unleash does it".to_owned();
    let (first, beyond) = ends(&bucket.bucketing).ok_or_else(other)?;
    let [(from, to)] = bucket.ranges.as_slice() else { return Err(other()) };
    let group = match bucket.bucketing.input.as_slice() {
        [Part::Text(before), Part::Subject] => before.strip_suffix(':').ok_or_else(other)?,
        _ => return Err(other()),
    };
    check(&[group.to_owned()])?;
    if *from > first || beyond - first != HUNDRED || to.fract() != 0.0 {
        return Err(other());
    }
    let percentage = (to - first).clamp(0.0, HUNDRED);
    Ok(json!({
        "rollout": percentage.to_string(),
        "stickiness": stickiness(&bucket.subject).ok_or_else(other)?,
        "groupId": group,
    }))
}

fn stickiness(subject: &Lookup) -> Option<&str> {
    match subject {
        Lookup::Random => Some("random"),
        Lookup::Name(name) if !FILLED_IN.contains(&&**name) => Some(name),
        Lookup::FirstOf(chain) => match chain.as_slice() {
            [Lookup::Name(user), Lookup::Name(session), Lookup::Random]
                if (user.as_str(), session.as_str()) == (USER_ID, SESSION_ID) =>
            {
                Some("default")
            }
            _ => None,
        },
        _ => None,
    }
}

/// The first bucket and the first one beyond, where a bucket is a remainder.
pub(super) fn ends(bucketing: &Bucketing) -> Option<(f64, f64)> {
    let scale = &bucketing.scale;
    let flagkit_core::Reduction::Modulo(modulus) = scale.reduce else { return None };
    let is_plain = scale.divide.is_none() && scale.multiply == 1.0 && !scale.absolute_32;
    let (first, count) = (u32::try_from(scale.offset).ok()?, u32::try_from(modulus).ok()?);
    let (first, count) = (f64::from(first), f64::from(count));
    is_plain.then_some((first, first + count))
}

const SESSION_ID: &str = "sessionId";
const HUNDRED: f64 = 100.0;
/// Fields that SDKs put into a context by themselves.
const FILLED_IN: [&str; 3] = ["appName", "environment", "currentTime"];
