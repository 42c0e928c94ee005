//! Checks, hooks and channels of a plan.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::{Rule, Then};
use crate::time::Span;

/// Something that is looked at and must be as expected.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// How it is looked at.
    pub probe: Probe,
    /// What must hold of what is found: `status == 200 and body.status == "healthy"`.
    pub expect: Rule,
    /// How long one look may take.
    #[serde(default = "thirty_seconds")]
    pub timeout: Span,
    /// How many looks it gets, 1 to 1000, before it has failed.
    #[serde(default = "four")]
    pub tries: u32,
    /// The wait after the first failed look; it doubles.
    #[serde(default = "one_second")]
    pub delay: Span,
    /// The longest wait between looks; without it doubles on.
    #[serde(default)]
    pub delay_max: Option<Span>,
    /// How many looks in a row must pass, 1 to 1000.
    #[serde(default = "one")]
    pub passes: u32,
    /// What a failed check means. A check that only tells is a warning.
    #[serde(default)]
    pub then: Then,
}

/// For serde.
fn thirty_seconds() -> Span {
    Span::from_secs(30)
}

/// For serde.
fn one_second() -> Span {
    Span::from_secs(1)
}

/// For serde.
fn four() -> u32 {
    4
}

/// For serde.
fn one() -> u32 {
    1
}

/// How something is looked at.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Probe {
    /// An HTTP request.
    Http(Request),
    /// A TCP connection.
    Tcp {
        /// `host:port`; `{{address}}` is the arm's.
        address: String,
    },
    /// A program that runs on the host of the engine.
    Command {
        /// The program and its arguments; no shell sees them.
        command: Vec<String>,
    },
    /// Migrations that are read, and not run.
    Sql {
        /// Files of PostgreSQL's SQL on the host of the engine.
        files: Vec<String>,
    },
}

/// An HTTP request. `{{address}}`, `{{arm}}` and `{{version}}` are replaced in the URL and the body.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Where.
    pub url: String,
    /// `GET` without.
    #[serde(default)]
    pub method: Option<String>,
    /// Header names and values. A value `${NAME}` is taken from the environment of the engine, so
    /// that no secret stands in a plan.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: Option<String>,
}

/// Something to call.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// How it is called. HTTP requests carry the order as `Idempotency-Key`, commands as
    /// `FLAGKIT_ORDER` in their environment.
    pub probe: Probe,
    /// What must hold of the answer; a status below 300, or exit code 0, without.
    #[serde(default)]
    pub expect: Option<Rule>,
    /// How long one call may take.
    #[serde(default = "thirty_seconds")]
    pub timeout: Span,
    /// Other hooks that are called before it.
    #[serde(default)]
    pub after: Vec<String>,
}

/// Where people are told.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Which shape the message has.
    pub kind: ChannelKind,
    /// Where it goes. `${NAME}` is taken from the environment of the engine.
    pub url: String,
    /// A key that the receiver wants: `${NAME}`, never the key itself.
    #[serde(default)]
    pub key: Option<String>,
}

/// The shape of messages.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChannelKind {
    /// FlagKit's own JSON.
    Webhook,
    /// Slack's incoming webhooks.
    Slack,
    /// `PagerDuty`'s Events API v2.
    Pagerduty,
    /// Alertmanager's `/api/v2/alerts`.
    Alertmanager,
}
