//! Alertmanager's webhook: an alert that fires is said to the release that it names.

use serde::Deserialize;

use crate::event::Command;

/// An alert about a release.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Alarm {
    /// The target whose release is meant: the label `flagkit_target`.
    pub target: String,
    /// What to say to it: always [`Command::Alert`].
    pub command: Command,
}

/// What Alertmanager sends (version 4 of its webhook).
#[derive(Deserialize)]
struct Message {
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
struct Alert {
    status: String,
    #[serde(default)]
    labels: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    annotations: std::collections::BTreeMap<String, String>,
}

/// The alerts that fire and name a target. Those that are over say nothing: a release that was rolled
/// back for an alert does not go on because the alert has ended.
pub(super) fn read(body: &[u8]) -> Result<Vec<Alarm>, String> {
    let message: Message = serde_json::from_slice(body)
        .map_err(|error| format!("this is no message of Alertmanager's webhook: {error}"))?;
    let firing = message.alerts.iter().filter(|alert| alert.status == "firing");
    Ok(firing.filter_map(alarm).collect())
}

fn alarm(alert: &Alert) -> Option<Alarm> {
    let target = alert.labels.get(LABEL)?.clone();
    let name = alert.labels.get("alertname").map_or("an alert", String::as_str);
    let text = ["summary", "description"].into_iter().find_map(|key| alert.annotations.get(key));
    let what = text.map_or_else(|| name.to_owned(), |text| format!("{name}: {text}"));
    let what = what.chars().take(WHAT_MAX).collect();
    Some(Alarm { target, command: Command::Alert { what } })
}

/// The label that names the target.
const LABEL: &str = "flagkit_target";

/// The longest text of an alert, in characters.
const WHAT_MAX: usize = 500;
