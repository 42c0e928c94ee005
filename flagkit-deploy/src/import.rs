//! Import: configurations in older shapes become release files, with a report.
//!
//! Five shapes are read: `canary-config`, `deployment-success-criteria`, `ab-tests`,
//! `multi-region-config`, and `rollout`, the manifests of Argo Rollouts. What comes out is text in our own format, to be looked at and kept, and
//! a note for every value that came in: taken, changed and why, mended, or left out and why. No value
//! disappears without a note.
//!
//! ```
//! use flagkit_deploy::import::{Shape, import};
//!
//! let text = "stages: [5, 100]\nstage_duration: 5m\nrollback_triggers: ['error_rate > 0.05']";
//! let imported = import(Shape::CanaryConfig, text, "checkout").map_err(|no| no[0].to_string())?;
//! assert!(imported.files[0].text.contains("error_rate > 5%"));
//! assert_eq!(imported.notes[0].to_string(), "stages: changed: shares are `5%`, not `5`");
//! # Ok::<(), String>(())
//! ```

use std::fmt;

use flagkit_dialects::{locate, written};
use serde_json::{Value as Json, json};

use crate::config::{ConfigError, read};

mod ab_tests;
mod canary;
mod criteria;
mod leaves;
mod regions;
mod rollout;
mod threshold;
mod yaml;

use leaves::Leaves;

/// Which older shape a text has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// Stages, success criteria, rollback triggers, monitoring and notifications of a canary.
    CanaryConfig,
    /// Performance, business, infrastructure and quality criteria of a deployment.
    SuccessCriteria,
    /// Tests with variants, durations and guardrails.
    AbTests,
    /// Regions with priorities, windows and fail-over.
    MultiRegion,
    /// A `Rollout` of Argo Rollouts; of a file with several documents the first one.
    Rollout,
}

impl Shape {
    /// The shape by the name of its file, such as `canary-config`.
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "canary-config" => Some(Self::CanaryConfig),
            "deployment-success-criteria" => Some(Self::SuccessCriteria),
            "ab-tests" => Some(Self::AbTests),
            "multi-region-config" => Some(Self::MultiRegion),
            "rollout" => Some(Self::Rollout),
            _ => None,
        }
    }
}

/// What an import has made.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "the files are to be written, and the notes to be read"]
pub struct Imported {
    /// Release files, in the order in which they are to be run.
    pub files: Vec<ImportedFile>,
    /// What became of every value.
    pub notes: Vec<Note>,
}

/// One release file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ImportedFile {
    /// What it is called: `checkout-us-west-2`, to be written as `checkout-us-west-2.yaml`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// What became of one value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    /// Where it stood.
    pub path: String,
    /// What became of it.
    pub fate: Fate,
    /// Where to, or why.
    pub why: String,
}

/// What became of a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fate {
    /// It stands in the new file with the same meaning.
    Taken,
    /// It stands there in other words, such as with a unit.
    Changed,
    /// It would have done something else than it says, and does not any more.
    Mended,
    /// There is nothing like it.
    Left,
}

/// `stages: changed: shares are …`.
impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fate = match self.fate {
            Fate::Taken => "taken",
            Fate::Changed => "changed",
            Fate::Mended => "mended",
            Fate::Left => "left out",
        };
        write!(formatter, "{}: {fate}: {}", self.path, self.why)
    }
}

/// Reads a text of an older shape. Releases in it are called after the target.
///
/// # Errors
///
/// Text that is neither YAML nor JSON, and what no release can mean: shares that do not add up to
/// 100 %, regions that fail over to what is not there, zones of clocks that are no IANA names.
pub fn import(shape: Shape, text: &str, target: &str) -> Result<Imported, Vec<ConfigError>> {
    let error = |path: String, position, problem, mend: &str| ConfigError {
        file: target.to_owned(),
        position,
        path,
        problem,
        mend: mend.to_owned(),
    };
    let text = if shape == Shape::Rollout { rollout_of(text) } else { text };
    let tree = written(text, VALUES_MAX).map_err(|bad| {
        vec![error(String::new(), bad.position(), bad.message().to_owned(), "write YAML or JSON")]
    })?;
    let mut leaves = Leaves::of(&tree);
    let files = match shape {
        Shape::CanaryConfig => canary::files(&mut leaves, target),
        Shape::SuccessCriteria => criteria::files(&mut leaves, target),
        Shape::AbTests => ab_tests::files(&mut leaves, target),
        Shape::MultiRegion => regions::files(&mut leaves, target),
        Shape::Rollout => rollout::files(&tree, &mut leaves, target),
    };
    let (notes, wrong) = leaves.into_notes();
    if !wrong.is_empty() {
        let wrong = wrong.into_iter();
        let placed = |(path, problem, mend): (String, String, String)| {
            let position = locate(text, &path);
            error(path, position, problem, &mend)
        };
        return Err(wrong.map(placed).collect());
    }
    let written = |(name, file): (String, Json)| ImportedFile { text: yaml::text(&file), name };
    let files: Vec<ImportedFile> = files.into_iter().map(written).collect();
    // What was made can be read: a value that slipped through is told here, not when it is run.
    for file in &files {
        read(&file.text, &format!("{}.yaml", file.name))?;
    }
    Ok(Imported { files, notes })
}

/// The document with a `Rollout`, where there are several.
fn rollout_of(text: &str) -> &str {
    let is_rollout =
        |document: &&str| document.lines().any(|line| line.trim_end() == "kind: Rollout");
    text.split("\n---").find(is_rollout).map_or(text, |document| document.trim_start_matches("---"))
}

/// What every file begins with.
fn file(target: &str, arms: &Json, strategy: &Json) -> Json {
    json!({ "schema": "flagkit-release/1", "target": target, "arms": arms, "strategy": strategy })
}

const VALUES_MAX: usize = 100_000;

#[cfg(test)]
mod tests;
