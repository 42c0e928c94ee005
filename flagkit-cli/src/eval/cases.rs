//! `flagkit eval --cases`: the cases of flag management systems' conformance suites.
//!
//! A case names its vendor; [`RUNNERS`] says who answers for which vendor. A case that
//! nobody can answer is said to be unsupported, with the reason, and the run goes on.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::failure::Outcome;
use crate::lines;

mod configcat;
mod eppo;
mod flagd;
mod flagsmith;
mod flipt;
mod go_feature_flag;
mod growthbook;
mod launchdarkly;
mod openfeature;
mod split;
mod statsig;
mod suite;
mod unleash;

use suite::Suite;

/// Answers a file of cases, one a line.
pub(super) fn run(cases: &Path, root: Option<&Path>) -> Outcome {
    let beside = || cases.parent().unwrap_or(Path::new(""));
    let root = root.unwrap_or_else(beside);
    let cases = lines::open(cases)?;
    let suite = Suite::new(root);
    let answer = |line: &[u8], out: &mut dyn Write| {
        serde_json::to_writer(&mut *out, &answer(line, &suite)).map_err(io::Error::from)
    };
    lines::each(cases, io::stdout().lock(), answer)?;
    Ok(ExitCode::SUCCESS)
}

/// Answers one case, or says why not: both in words that the runner chooses.
type Runner = fn(suite: &Suite, case: &Value) -> Result<Value, String>;

/// Who answers the cases of which vendor.
const RUNNERS: &[(&str, Runner)] = &[
    ("configcat", configcat::run),
    ("eppo", eppo::run),
    ("flagd", flagd::run),
    ("flagsmith", flagsmith::run),
    ("flipt", flipt::run),
    ("go-feature-flag", go_feature_flag::run),
    ("growthbook", growthbook::run),
    ("launchdarkly", launchdarkly::run),
    ("openfeature", openfeature::run),
    ("split", split::run),
    ("statsig", statsig::run),
    ("unleash", unleash::run),
];

fn answer(line: &[u8], suite: &Suite) -> Value {
    let case: Value = match serde_json::from_slice(line) {
        Ok(case) => case,
        Err(error) => {
            return json!({ "id": null, "unsupported": format!("the case is not JSON: {error}") });
        }
    };
    suite.ask(line);
    let id = case.get("id").cloned().unwrap_or_default();
    match runner(&case).and_then(|run| run(suite, &case)) {
        Ok(result) => json!({ "id": id, "result": result }),
        Err(why) => json!({ "id": id, "unsupported": why }),
    }
}

fn runner(case: &Value) -> Result<Runner, String> {
    let vendor = case.get("vendor").and_then(Value::as_str);
    let vendor = vendor.ok_or_else(|| "the case names no vendor".to_owned())?;
    let found = RUNNERS.iter().find(|(name, _)| *name == vendor);
    found.map(|(_, run)| *run).ok_or_else(|| format!("the vendor `{vendor}` is unknown"))
}

#[cfg(test)]
mod tests;
