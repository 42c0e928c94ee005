//! Policies: every condition of a plan, in the language of flags, compiled once.
//!
//! Gates, triggers, success criteria, approvals and the expectations of checks are all lines of
//! `flagkit_dialects::condition`. They compile into one snapshot of the flag core, and the
//! evaluator of flags answers them: there is no second language and no second evaluator.
//!
//! ```
//! use flagkit_deploy::Time;
//! use flagkit_deploy::policy::{Facts, Policies};
//!
//! let rule = "lag_s < 5 and calendar.change_window == true";
//! let policies = Policies::new([("gates[0].rule", rule)]).map_err(|bad| bad[0].to_string())?;
//!
//! let facts: Facts = [("lag_s", 7.2.into()), ("calendar.change_window", true.into())].into();
//! let answer = policies.ask(rule, &facts, Time::default());
//! assert!(!answer.holds);
//! assert_eq!(answer.why, "lag_s is 7.2, and 7.2 < 5 does not hold");
//! # Ok::<(), String>(())
//! ```

use std::collections::BTreeMap;

use flagkit_core::document::{self, Condition, Document, Serve, Variant};
use flagkit_core::{Attributes, Fixed, Reason, Snapshot, Timestamp, compile};
use flagkit_dialects::{Settings, condition};

use crate::refusal::Refusal;
use crate::time::Time;

mod facts;
mod names;
mod trigger_text;
mod why;

pub use facts::{Facts, Layers};
pub(crate) use names::asked_names;
pub use names::{Names, unknown_names};
pub use trigger_text::{TIMES_MAX, TriggerText};

/// The conditions of a plan, each text once.
///
/// Cheap to clone: the clones share what was compiled.
#[derive(Clone, Debug)]
pub struct Policies {
    /// A flag for each text, under the text as its key; it serves something where it holds.
    snapshot: Snapshot,
}

/// What a condition says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// Whether it holds. What cannot be decided does not hold.
    pub holds: bool,
    /// What was asked and what was found: of a condition that does not hold what it failed for,
    /// of one that holds what it held for.
    pub why: String,
}

impl Policies {
    /// Compiles conditions. Each comes with its path in the plan, such as `steps[2].gate`, and is
    /// asked for by its text later.
    ///
    /// # Errors
    ///
    /// Every text that is no condition, with the column; patterns and version requirements that
    /// cannot be read; segments, of which a plan has none.
    pub fn new<P, T>(rules: impl IntoIterator<Item = (P, T)>) -> Result<Self, Vec<Refusal>>
    where
        P: Into<String>,
        T: Into<String>,
    {
        let mut paths: BTreeMap<String, String> = BTreeMap::new();
        for (path, text) in rules {
            paths.entry(text.into()).or_insert_with(|| path.into());
        }
        let (mut flags, mut refusals) = (Vec::with_capacity(paths.len()), Vec::new());
        for (text, path) in &paths {
            match read(path, text) {
                Ok(condition) => flags.push(flag(text, condition)),
                Err(refusal) => refusals.push(refusal),
            }
        }
        let compiled = compile(Document { flags: flags.clone(), ..Document::default() });
        if compiled.has_errors() {
            refusals.extend(flags.into_iter().flat_map(|flag| {
                let path = paths.get(&flag.key).cloned().unwrap_or_default();
                uncompiled(&path, flag)
            }));
        }
        if refusals.is_empty() { Ok(Self { snapshot: compiled.snapshot }) } else { Err(refusals) }
    }

    /// Whether the condition of this text holds, and why.
    ///
    /// A text that was not compiled does not hold.
    pub fn ask<A: Attributes + ?Sized>(&self, rule: &str, attributes: &A, now: Time) -> Answer {
        let mut why = why::Why::default();
        let found = self.snapshot.resolve(rule, attributes, &world(now), &mut why);
        match found {
            Ok(found) => Answer { holds: found.value().is_some(), why: why.into_text(rule) },
            Err(code) => {
                let why = format!("{rule}: it cannot be decided ({code})");
                Answer { holds: false, why }
            }
        }
    }

    /// The same without the reason; allocates nothing.
    pub fn holds<A: Attributes + ?Sized>(&self, rule: &str, attributes: &A, now: Time) -> bool {
        let found = self.snapshot.resolve(rule, attributes, &world(now), &mut ());
        found.is_ok_and(|found| found.value().is_some())
    }
}

/// The condition of a text.
fn read(path: &str, text: &str) -> Result<Condition, Refusal> {
    condition::parse(text, &Settings::default()).map_err(|error| {
        let (message, column) = (error.message(), error.column());
        let (problem, mend) = message.split_once("; ").unwrap_or((message, MEND));
        Refusal::new(path, format!("column {column} of `{text}`: {problem}"), mend)
    })
}

/// A flag that serves its only variant where the condition holds, and nothing elsewhere.
fn flag(text: &str, when: Condition) -> document::Flag {
    let rule = document::Rule {
        id: None,
        label: None,
        when,
        serve: Serve::Variant(0),
        reason: Reason::TargetingMatch,
    };
    let variant = Variant { key: None, value: true.into(), enabled: true, metadata: None };
    document::Flag {
        key: text.to_owned(),
        variants: vec![variant],
        rules: vec![rule],
        version: None,
        metadata: None,
    }
}

/// What the compiler says of this flag alone.
fn uncompiled(path: &str, flag: document::Flag) -> Vec<Refusal> {
    let text = flag.key.clone();
    let compiled = compile(Document { flags: vec![flag], ..Document::default() });
    let errors = compiled.diagnostics.into_iter().filter(flagkit_core::Diagnostic::is_error);
    let refusal = |error: flagkit_core::Diagnostic| {
        let mend = if error.mend.is_empty() { MEND.to_owned() } else { error.mend };
        Refusal::new(path, format!("`{text}`: {}", error.problem), mend)
    };
    errors.map(refusal).collect()
}

/// The world at a time.
fn world(now: Time) -> Fixed {
    Fixed::at(now.timestamp().unwrap_or(Timestamp::EPOCH))
}

const MEND: &str = "see docs/conditions.md";

#[cfg(test)]
mod tests;
