//! Cases of Split.

use flagkit_core::document::Order;
use flagkit_core::{
    Bucketing, Fixed, LenientVersion, Reduction, Scale, Snapshot, Timestamp, compile,
};
use flagkit_dialects::split::{self, Algorithm, Fallbacks, bucketing};
use flagkit_dialects::{Dialect, Settings, decode};
use serde_json::{Value, json};

use super::suite::{Suite, text};

pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    match text(case, "kind")? {
        "evaluation" => evaluation(suite, case),
        "bucket" => bucket(case),
        "regex" => regex(case),
        "semver-parse" => {
            let version = LenientVersion::parse(input(case, "version")?);
            Ok(json!({ "valid": version.is_some() }))
        }
        "semver-equal" => {
            let equal = is(input(case, "a")?, Order::Equal, input(case, "b")?);
            Ok(json!({ "equal": equal }))
        }
        "semver-order" => semver_order(case),
        "semver-between" => {
            let value = input(case, "value")?;
            let after = is(value, Order::GreaterOrEqual, input(case, "start")?);
            let before = is(value, Order::LessOrEqual, input(case, "end")?);
            Ok(json!({ "between": after && before }))
        }
        other => Err(format!("the kind `{other}` is unknown")),
    }
}

/// The treatment of a flag. Segments and fallback treatments come with the case.
fn evaluation(suite: &Suite, case: &Value) -> Result<Value, String> {
    let path = text(case, "document")?;
    let (segments, fallback) = (part(case, "segments"), part(case, "fallback"));
    let snapshot = suite.made_once(&format!("{path} {segments} {fallback}"), || {
        let mut document: Value = serde_json::from_str(&suite.text(path)?)
            .map_err(|error| format!("{path} is no JSON: {error}"))?;
        if let Some(document) = document.as_object_mut() {
            document.insert("segments".to_owned(), segments.clone());
            document.insert("fallbackTreatments".to_owned(), fallback.clone());
        }
        snapshot(&document)
    })?;
    let context = split::context(case.get("context").unwrap_or(&Value::Null))?;
    let fallbacks = Fallbacks::from_json(&fallback)?;
    let flag = text(case, "flag")?;
    Ok(split::answer(&snapshot, flag, &context, &WORLD, &fallbacks).to_json())
}

fn part(case: &Value, name: &str) -> Value {
    case.get(name).cloned().unwrap_or_default()
}

fn snapshot(document: &Value) -> Result<Snapshot, String> {
    let decoded = decode(Dialect::Split, &document.to_string(), &Settings::default());
    Ok(compile(decoded.map_err(|error| error.to_string())?.document).snapshot)
}

/// The hash as SDKs print it: with sign for the older one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "32-bit hashes")]
fn bucket(case: &Value) -> Result<Value, String> {
    let number = |name: &str| {
        let number = case.pointer(&format!("/input/{name}")).and_then(Value::as_i64);
        number.ok_or_else(|| format!("the case has no number `{name}`"))
    };
    let key = case.pointer("/context/key").and_then(Value::as_str).unwrap_or_default();
    let algorithm = Algorithm::numbered(number("algo")?);
    let recipe = bucketing(algorithm, number("seed")?);
    let whole = Scale { reduce: Reduction::None, ..Scale::modulo(1) };
    let of = |recipe: &Bucketing| recipe.prepare().bucket(key.into()).unwrap_or_default();
    let hash = of(&Bucketing { scale: whole, ..recipe.clone() }) as u32;
    let hash = match algorithm {
        Algorithm::Legacy => json!(hash.cast_signed()),
        Algorithm::Murmur => json!(hash),
    };
    Ok(json!({ "hash": hash, "bucket": of(&recipe) }))
}

/// Whether a flag's only condition, a pattern, matches.
fn regex(case: &Value) -> Result<Value, String> {
    let matcher = json!({
        "keySelector": { "attribute": "value" },
        "matcherType": "MATCHES_STRING",
        "negate": false,
        "stringMatcherData": input(case, "pattern")?,
    });
    let flag = json!({
        "name": "f",
        "defaultTreatment": "off",
        "conditions": [{
            "matcherGroup": { "combiner": "AND", "matchers": [matcher] },
            "partitions": [{ "treatment": "on", "size": 100 }],
        }],
    });
    let snapshot = snapshot(&json!({ "ff": { "d": [flag] } }))?;
    let asked = json!({ "key": "", "attributes": part(case, "context") });
    let answer =
        split::answer(&snapshot, "f", &split::context(&asked)?, &WORLD, &Fallbacks::default());
    match answer.treatment.as_str() {
        "on" => Ok(json!({ "match": true })),
        "off" => Ok(json!({ "match": false })),
        _ => Err("the pattern cannot be used".to_owned()),
    }
}

fn semver_order(case: &Value) -> Result<Value, String> {
    let (higher, lower) = (input(case, "higher")?, input(case, "lower")?);
    let not_before = |left, right| is(left, Order::GreaterOrEqual, right);
    Ok(json!({
        "higher>=lower": not_before(higher, lower),
        "lower>=higher": not_before(lower, higher),
        "higher>=higher": not_before(higher, higher),
        "lower>=lower": not_before(lower, lower),
    }))
}

fn is(left: &str, order: Order, right: &str) -> bool {
    let [left, right] = [left, right].map(LenientVersion::parse);
    left.zip(right).is_some_and(|(left, right)| left.is(order, &right))
}

fn input<'c>(case: &'c Value, name: &str) -> Result<&'c str, String> {
    let found = case.pointer(&format!("/input/{name}")).and_then(Value::as_str);
    found.ok_or_else(|| format!("the input has no text `{name}`"))
}

/// No flag of Split looks at the clock.
const WORLD: Fixed = Fixed::at(Timestamp::EPOCH);
