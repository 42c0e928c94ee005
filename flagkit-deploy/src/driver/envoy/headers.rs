//! Rules by headers: routes that stand before those of the split, and that the runtime switches on and off.
//!
//! Envoy's runtime holds numbers and no texts that a route could compare, so the headers and their values stand in the
//! configuration. The name in the runtime has both, so a rule can only be switched on where its route is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Destination, Fractions, RUNTIME_MAX, with_match};
use crate::driver::headers::{Part, Parts, parts};
use crate::driver::http::{Call, Http, escaped};
use crate::order::Failure;
use crate::split::WHOLE;

/// A route that sends requests with these headers to an arm, whatever the fractions, while a step says so. It
/// belongs before those of [`routes`](super::routes). `cookie:NAME` stands for a cookie.
///
/// ```
/// use flagkit_deploy::driver::envoy::{Destination, header_route};
/// use serde_json::json;
///
/// let to = Destination { arm: "canary".into(), action: json!({ "route": { "cluster": "canary" } }) };
/// let route = header_route("shop", &to, &[("x-canary".into(), "true".into())].into());
/// let key = "flagkit.shop.headers/canary/x-canary=true";
/// assert_eq!(route["match"]["runtime_fraction"]["runtime_key"], key);
/// assert_eq!(route["match"]["headers"][0]["string_match"]["exact"], "true");
/// ```
pub fn header_route(route: &str, to: &Destination, headers: &BTreeMap<String, String>) -> Value {
    // What no step can ask for never takes effect, so it may stand there.
    let parts = parts(headers).unwrap_or_default();
    let matchers: Vec<Value> = parts.iter().map(matcher).collect();
    let fraction = json!({
        "default_value": { "numerator": 0, "denominator": "MILLION" },
        "runtime_key": key(route, &to.arm, &parts),
    });
    let matches = json!({ "prefix": "/", "headers": matchers, "runtime_fraction": fraction });
    with_match(&to.action, matches)
}

fn matcher((part, value): (&Part, &String)) -> Value {
    match part {
        Part::Header(name) => json!({ "name": name, "string_match": { "exact": value } }),
        // The expression has to match all of the header.
        Part::Cookie(name) => {
            let regex = format!("(.*; *)?{}={}( *;.*)?", literal(name), literal(value));
            json!({ "name": "cookie", "string_match": { "safe_regex": { "regex": regex } } })
        }
    }
}

/// A text as an expression of RE2 that matches nothing else.
fn literal(text: &str) -> String {
    text.chars().fold(String::new(), |mut literal, character| {
        if character.is_ascii_punctuation() {
            literal.push('\\');
        }
        literal.push(character);
        literal
    })
}

/// What the names of an arm's rules begin with.
pub(super) fn prefix(route: &str, arm: &str) -> String {
    format!("flagkit.{route}.headers/{}/", escaped(arm))
}

/// The name of a rule in the runtime.
pub(super) fn key(route: &str, arm: &str, parts: &Parts) -> String {
    let mut key = prefix(route, arm);
    for (at, (part, value)) in parts.iter().enumerate() {
        let separator = if at == 0 { "" } else { "&" };
        let _ = write!(key, "{separator}{}={}", part.name(), escaped(value));
    }
    key
}

/// The switches of an arm: that of the wanted rule is on, and those of others that somebody set are off.
pub(super) fn switches(
    (route, arm): (&str, &str),
    parts: &Parts,
    there: impl IntoIterator<Item = String>,
) -> Fractions {
    let prefix = prefix(route, arm);
    let mut switches: BTreeMap<String, u32> =
        there.into_iter().filter(|name| name.starts_with(&prefix)).map(|name| (name, 0)).collect();
    if !parts.is_empty() {
        switches.insert(key(route, arm, parts), WHOLE);
    }
    switches.into_iter().collect()
}

/// Whether the configuration of an Envoy has the route of a rule; otherwise switching it on would do nothing.
pub(super) async fn check(
    http: &Http,
    (admin, timeout): (&str, std::time::Duration),
    key: &str,
) -> Result<(), Failure> {
    let at = format!("Envoy at {admin}");
    let mut call = Call::get(format!("{}/config_dump", admin.trim_end_matches('/')), timeout);
    call.body_max = RUNTIME_MAX;
    let configuration = http.ask(call).await?.checked(&at)?.json(&at)?;
    if has_key(&configuration, key) {
        return Ok(());
    }
    Err(Failure::permanent(format!(
        "{at} has no route with these headers (`{key}`); write it with `header_route` before those of the split"
    )))
}

fn has_key(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(fields) => {
            fields.get("runtime_key").is_some_and(|found| found == key)
                || fields.values().any(|inside| has_key(inside, key))
        }
        Value::Array(items) => items.iter().any(|item| has_key(item, key)),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
