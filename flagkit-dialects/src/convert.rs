//! Conversion of documents to the native format.
//!
//! A flag is converted only where the native format can say exactly the same; the
//! others are left out and the reports say why. Exactly means: on and off for the
//! same contexts, with the same value. Reasons of the older shapes may differ.
//!
//! What the readable keys of the native format cannot say is written in its exact form:
//! the flag as the common document holds it, with the bucketing of its old home, so that
//! every user keeps their bucket.

use std::collections::{HashMap, HashSet};
use std::fmt;

use flagkit_core::Diagnostic;

use crate::decode::{decode, no_document, read};
use crate::dialect::Dialect;
use crate::error::{DecodeError, WrongShape};
use crate::locate;
use crate::native;
use crate::node::{Draft, DraftEntry, Node, Tree, without_mark};
use crate::settings::{Lowered, Settings};

mod build;
mod exact;
mod feature_flags;
mod json;
mod rollout_rules;
mod yaml;

use build::text;

/// A native document and what became of each flag.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conversion {
    /// One report for each flag, in document order.
    pub reports: Vec<Converted>,
    document: Draft<'static>,
}

/// What became of one flag.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Converted {
    /// The name of the flag.
    pub flag: String,
    /// Whether it is in the new document.
    pub outcome: Outcome,
}

/// Whether a flag could be converted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing between exactly and not")]
pub enum Outcome {
    /// The native flag answers as the old one did.
    Exactly,
    /// The flag is left out, for this reason.
    Not(String),
}

impl fmt::Display for Converted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Outcome::Exactly => write!(f, "{}: converted exactly", self.flag),
            Outcome::Not(why) => write!(f, "{}: not converted: {why}", self.flag),
        }
    }
}

impl Conversion {
    /// The document as JSON, indented by two, keys in document order, with a line end.
    pub fn to_json_pretty(&self) -> String {
        json::pretty(&self.document)
    }

    /// The document as YAML, keys in document order.
    pub fn to_yaml(&self) -> String {
        yaml::emit(&self.document)
    }
}

/// Converts a document of any dialect to the native format.
///
/// A native document is converted to itself: merged, with aliases written out, and as JSON or
/// YAML. All its keys are kept, also unknown ones, and so are its broken flags, which are
/// reported; what only compiling finds is not.
///
/// ```
/// use flagkit_dialects::{convert, Dialect, Settings};
///
/// let old = "feature_flags: { beta: { enabled: true, user_groups: [staff] } }";
/// let converted = convert(Dialect::FeatureFlags, old, &Settings::default())?;
/// assert_eq!(converted.reports[0].to_string(), "beta: converted exactly");
/// assert!(converted.to_yaml().starts_with("schema: flagkit/1\nflags:\n  beta:\n"));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
///
/// # Errors
///
/// Whatever is no document in its own dialect.
pub fn convert(from: Dialect, text: &str, settings: &Settings) -> Result<Conversion, DecodeError> {
    let text = without_mark(text);
    let mut tree = Tree::default();
    let root = read(text, &mut tree)?;
    let converted = match from {
        Dialect::Native => from_native(&root, settings),
        Dialect::RolloutRules => {
            let lowered = rollout_rules::convert(&root, settings);
            lowered.map(|(attempts, lowered)| document(exact::or_exactly(attempts, &lowered)))
        }
        Dialect::FeatureFlags => {
            let lowered = feature_flags::convert(&root, settings);
            lowered.map(|(attempts, lowered)| document(exact::or_exactly(attempts, &lowered)))
        }
        vendor => return from_vendor(vendor, text, settings),
    };
    converted.map_err(|wrong| no_document(text, wrong))
}

/// What became of one flag: the native flag, or why there is none.
type Attempt = (String, Result<Draft<'static>, String>);

fn document(attempts: Vec<Attempt>) -> Conversion {
    document_with(attempts, Vec::new())
}

/// The native document of these flags and of further entries at its top.
fn document_with(attempts: Vec<Attempt>, shared: Vec<DraftEntry<'static>>) -> Conversion {
    let (mut flags, mut reports) = (Vec::new(), Vec::new());
    for (flag, attempt) in attempts {
        let outcome = match attempt {
            Ok(node) => {
                flags.push((flag.clone().into(), node));
                Outcome::Exactly
            }
            Err(why) => Outcome::Not(why),
        };
        reports.push(Converted { flag, outcome });
    }
    let mut entries = vec![("schema".into(), text(native::SCHEMA))];
    entries.extend(shared);
    entries.push(("flags".into(), Draft::Map(flags)));
    Conversion { reports, document: Draft::Map(entries) }
}

/// A vendor's flags are written out in the exact form, read again and compared.
fn from_vendor(
    vendor: Dialect,
    text: &str,
    settings: &Settings,
) -> Result<Conversion, DecodeError> {
    let decoded = decode(vendor, text, settings)?;
    let shared = exact::shared(vendor, &decoded.document)?;
    let mut attempts = exact::flags(&decoded.document, &decoded.diagnostics);
    let again = document_with(attempts.clone(), shared.clone()).to_json_pretty();
    let again = decode(Dialect::Native, &again, &Settings::default())?;
    let changed = exact::changed(&decoded.document, &again.document);
    for (key, attempt) in &mut attempts {
        if attempt.is_ok() && changed.contains(&**key) {
            *attempt = Err("the native format would not give it back unchanged".to_owned());
        }
    }
    Ok(document_with(attempts, shared))
}

/// A native document says the same as itself; its broken flags are kept and reported.
fn from_native(root: &Node<'_>, settings: &Settings) -> Result<Conversion, WrongShape> {
    let Lowered { document, diagnostics, .. } = native::lower(root, settings)?;
    let flags: HashSet<&str> = document.flags.iter().map(|flag| &*flag.key).collect();
    let mut broken: HashMap<&str, &Diagnostic> = HashMap::new();
    for found in diagnostics.iter().filter(|found| found.is_error()) {
        let name = found.path.strip_prefix("flags.").and_then(|rest| {
            locate::names(rest).map(|(name, _)| name).find(|name| flags.contains(name))
        });
        if let Some(name) = name {
            broken.entry(name).or_insert(found);
        }
    }
    let reports = document.flags.iter().map(|flag| {
        let problem = broken.get(&*flag.key).map(ToString::to_string);
        let outcome = problem.map_or(Outcome::Exactly, Outcome::Not);
        Converted { flag: flag.key.clone(), outcome }
    });
    Ok(Conversion { reports: reports.collect(), document: root.to_draft() })
}

#[cfg(test)]
mod tests;
