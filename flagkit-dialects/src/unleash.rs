//! Documents of Unleash: the features of one environment, or the events that lead to them.
//!
//! Both are what a server sends to its SDKs, under `/api/client/features` and
//! `/api/client/delta`. Answers are those of Yggdrasil, the engine inside all newer SDKs; where
//! others differ there is a switch in [`UnleashSettings`].
//!
//! A feature becomes a flag that serves `true` or `false`, or one of its variants. A variant's
//! value is its payload: JSON and numbers as what they say, everything else as text; without a
//! payload it is the variant's name.
//!
//! The engine turns a feature off as a whole if a part of it cannot be read. Here such a feature
//! is a broken flag, which [`is_enabled`] and [`variant`] answer as off.

use std::collections::HashSet;

use flagkit_core::Document;

use crate::error::WrongShape;
use crate::node::Node;
use crate::report::Report;
use crate::settings::{Lowered, Settings, UnleashSettings};
use crate::vendors::Reader;

mod answer;
mod constraint;
mod context;
mod dependency;
mod feature;
mod network;
mod operand;
mod segment;
mod state;
mod strategy;
mod variants;

pub use answer::{Payload, ServedVariant, is_enabled, variant};
pub use context::context;
use state::State;

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// Lowers a whole document.
fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let mut report = Report::new();
    let state = State::read(root, &mut report)?;
    let mut lowering = Lowering {
        settings: &settings.unleash,
        environment: settings.environment.as_deref(),
        state: &state,
        broken_segments: HashSet::new(),
        report,
    };
    let segments = lowering.segments();
    let flags = lowering.flags();
    let document = Document { flags, segments, ..Document::default() };
    let diagnostics = lowering.report.into_diagnostics();
    Ok(Lowered { document, diagnostics, environment: settings.environment.clone() })
}

/// Whether this looks like features, or like events that change them.
fn is_likely(root: &Node<'_>) -> bool {
    let list = |name| root.entry(name).and_then(Node::as_list);
    let is_event = |event: &Node<'_>| {
        let kind = event.entry("type").and_then(Node::as_text);
        kind.is_some_and(|kind| state::EVENTS.contains(&kind)) && event.entry("eventId").is_some()
    };
    match (list("features"), list("events")) {
        (Some(features), _) => {
            root.entry("version").is_some()
                && features.iter().all(|feature| feature.entry("name").is_some())
        }
        (None, Some(events)) => events.iter().any(is_event),
        (None, None) => false,
    }
}

/// What is known while a document is lowered.
struct Lowering<'d> {
    settings: &'d UnleashSettings,
    environment: Option<&'d str>,
    state: &'d State<'d>,
    broken_segments: HashSet<i64>,
    report: Report,
}

#[cfg(test)]
mod tests;
