//! Configuration: one YAML or JSON file that says what a release is.
//!
//! ```
//! use flagkit_deploy::config::{Overrides, read};
//!
//! let text = "
//! schema: flagkit-release/1
//! target: checkout
//! arms: { stable: v41, canary: v42 }
//! strategy: { canary: { stages: [5%, 50%, 100%], stage: 10m } }
//! metrics: { error_rate: {}, p95: { limit: 800ms } }
//! triggers: [error_rate > 5% for 3 of 5m]
//! ";
//! let configuration = read(text, "release.yaml").map_err(|errors| errors[0].to_string())?;
//! let plan = configuration.plan(&Overrides::default()).map_err(|no| no[0].to_string())?;
//! assert_eq!(plan.steps.len(), 6);
//!
//! let errors = read(&text.replace("stages: [5%", "stages: [5"), "release.yaml").unwrap_err();
//! assert_eq!(
//!     errors[0].to_string(),
//!     "release.yaml:5:32: strategy.canary.stages[0]: 5 is no ratio; say 5% or 0.05"
//! );
//! # Ok::<(), String>(())
//! ```
//!
//! Quantities carry their units, unknown keys are refused with the closest known one, and all mistakes
//! are told at once with line and column. What a file says is not more than a plan can hold: whether
//! that plan can run is checked by [`Release::new`](crate::release::Release::new).
//!
//! # Limits
//!
//! 1 MiB of text, 100,000 values with those that aliases repeat, 1,000 names in a section, 1,000 steps.

use flagkit_dialects::{Written, written};
use serde_json::Value as Json;

use crate::plan::Plan;
use crate::refusal::Refusal;

mod drivers;
mod finding;
mod overrides;
mod prometheus_rules;
mod reading;
mod rules;
mod schema;
mod sections;
mod shape;
mod steps;
mod tables;

pub use drivers::{By, Drivers, Envoy, Flags, Haproxy, Process, Prometheus, Push};
pub use finding::ConfigError;
pub use overrides::Overrides;
pub use prometheus_rules::prometheus_rules;
pub use schema::{documentation, schema};

use finding::Findings;
use reading::{Reading, VALUES_MAX};
use sections::File;
use tables::{FILE, FORMAT};

/// A configuration without mistakes in itself.
#[derive(Clone, Debug)]
pub struct Configuration {
    file: File,
}

/// Reads a file. Its name is for messages only.
///
/// # Errors
///
/// Every mistake, in the order of the text. A file of a newer format is one mistake: nothing else
/// can be said about it.
pub fn read(text: &str, file_name: &str) -> Result<Configuration, Vec<ConfigError>> {
    let whole = |problem: String, mend: &str| {
        let mut findings = Findings::default();
        findings.add("", problem, mend);
        findings.into_errors("", file_name)
    };
    if text.len() > TEXT_BYTES_MAX {
        let problem =
            format!("the file has {} bytes; at most {TEXT_BYTES_MAX} are allowed", text.len());
        return Err(whole(problem, "write less: long texts belong into hooks"));
    }
    let tree = written(text, VALUES_MAX).map_err(|error| {
        let position = error.position();
        let mut errors = whole(error.message().to_owned(), "write YAML or JSON");
        for error in &mut errors {
            error.position = position;
        }
        errors
    })?;
    let mut reading = Reading::default();
    check_format(&tree, &mut reading.findings);
    if !reading.findings.is_empty() {
        return Err(reading.findings.into_errors(text, file_name));
    }
    let json = reading.map(&FILE, &tree, "");
    reading.check_references(&json);
    let file = file(json, &mut reading.findings);
    match file {
        Some(file) if reading.findings.is_empty() => Ok(Configuration { file }),
        _ => Err(reading.findings.into_errors(text, file_name)),
    }
}

impl Configuration {
    /// The plan of the release that begins now.
    ///
    /// # Errors
    ///
    /// Every reason why this strategy cannot be carried out with these arms, and overrides that name
    /// what there is not.
    pub fn plan(&self, overrides: &Overrides) -> Result<Plan, Vec<Refusal>> {
        let mut plan = self.file.without_steps();
        overrides.apply(&self.file, &mut plan)?;
        self.file.write_steps(&mut plan)?;
        Ok(plan)
    }

    /// What is released.
    pub fn target(&self) -> &str {
        &self.file.target
    }

    /// What the engine works with.
    pub fn drivers(&self) -> &Drivers {
        &self.file.drivers
    }

    /// Where.
    pub fn environment(&self) -> &str {
        &self.file.environment
    }
}

/// The sections of what was read; none if they cannot be made of it.
fn file(json: Json, findings: &mut Findings) -> Option<File> {
    if !findings.is_empty() {
        return None;
    }
    let file: File = match serde_json::from_value(json) {
        Ok(file) => file,
        Err(error) => {
            findings.add("", error.to_string(), "see docs/releases.md");
            return None;
        }
    };
    file.check(findings);
    findings.is_empty().then_some(file)
}

/// The first key says which format it is.
fn check_format(tree: &Written, findings: &mut Findings) {
    let Written::Map(entries) = tree else {
        let problem = format!("expected a map, found {}", tree.summary());
        findings.add("", problem, "write keys and values, `schema: flagkit-release/1` first");
        return;
    };
    let found = entries.iter().find(|(key, _)| key == "schema").map(|(_, value)| value);
    let Some(found) = found else {
        let mend = "write `schema: flagkit-release/1` first";
        findings.add("", "the key `schema` is missing", mend);
        return;
    };
    match found {
        Written::Text(text) if text == FORMAT => {}
        Written::Text(text) if is_newer(text) => {
            let problem = format!("`{text}` is a newer format than this program knows");
            findings.add("schema", problem, "update the program; the file was not touched");
        }
        other => {
            let problem = format!("{} is no format of releases", other.summary());
            findings.add("schema", problem, "write `flagkit-release/1`");
        }
    }
}

fn is_newer(text: &str) -> bool {
    let version =
        text.strip_prefix("flagkit-release/").and_then(|version| version.parse::<u32>().ok());
    version.is_some_and(|version| version > 1)
}

/// The largest file.
pub const TEXT_BYTES_MAX: usize = 1 << 20;

#[cfg(test)]
mod tests;
