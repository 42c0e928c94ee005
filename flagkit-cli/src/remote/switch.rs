//! `flagkit on`, `flagkit off` and `flagkit rollout`: what is changed most, in one word.

use serde_json::{Value, json};

use crate::arguments::remote::{Switch, Target, Why};
use crate::failure::Outcome;
use crate::remote::flag;
use crate::remote::session::Session;

/// Switches a flag on.
pub(crate) fn on(arguments: &Switch) -> Outcome {
    let session = Session::open(&arguments.target)?;
    flag::change(&session, &arguments.flag, &json!({"enabled": true}), &arguments.why)
}

/// Switches a flag off.
pub(crate) fn off(arguments: &Switch) -> Outcome {
    let session = Session::open(&arguments.target)?;
    flag::change(&session, &arguments.flag, &json!({"enabled": false}), &arguments.why)
}

/// Sets for how many of those whom no rule matches the flag is on.
pub(crate) fn rollout((key, percentage): (&str, f64), target: &Target, why: &Why) -> Outcome {
    let session = Session::open(target)?;
    let fields = json!({"rollout_percentage": number(percentage)});
    flag::change(&session, key, &fields, why)
}

/// `25`, not `25.0`: whole numbers are written so in documents.
fn number(percentage: f64) -> Value {
    let text = percentage.to_string();
    serde_json::from_str(&text).unwrap_or_else(|_| Value::from(percentage))
}
