//! `cargo xtask conformance`: the vendors' public cases, answered by us and compared.
//!
//! The cases are data in `../shared/conformance`, or in the folder that
//! `FLAGKIT_CONFORMANCE` names. `flagkit eval --cases` answers them; here every answer
//! is compared with what the vendor expects, field by field, and a table is printed
//! that the README shows.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::{sdks, target};

mod compare;
mod known;
mod tally;

use compare::agrees;
pub(crate) use tally::{Tally, verdict};

/// Answers the cases of the named vendors, or of all.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    if let Some(option) = arguments.iter().find(|argument| argument.starts_with('-')) {
        return Err(Failure::new(format!("there is no option `{option}`; name vendors or none")));
    }
    check(arguments)
}

/// All vendors, as a step of `test`.
pub(crate) fn run() -> Outcome {
    check(&[])
}

fn check(wanted: &[String]) -> Outcome {
    let folder = folder();
    let Ok(vendors) = vendors(&folder) else {
        println!("skipped: there is no folder `{}`", folder.display());
        return Ok(());
    };
    if let Some(name) = wanted.iter().find(|name| !vendors.contains(name)) {
        let known = vendors.join(", ");
        return Err(Failure::new(format!("there are no cases of `{name}`; known are {known}")));
    }
    let chosen = |name: &&String| wanted.is_empty() || wanted.contains(name);
    sdks::build()?;
    let mut tallies = Vec::new();
    for vendor in vendors.iter().filter(chosen) {
        let root = folder.join(vendor);
        tallies.push(answered(vendor, &root.join("cases.jsonl"), &root)?);
    }
    println!("{}", tally::table(&tallies));
    verdict(&tallies)
}

/// Where the public cases are.
pub(crate) fn folder() -> PathBuf {
    env::var_os("FLAGKIT_CONFORMANCE").map_or_else(|| "../shared/conformance".into(), PathBuf::from)
}

/// The folders that hold cases, sorted.
fn vendors(folder: &Path) -> std::io::Result<Vec<String>> {
    let has_cases = |path: &Path| path.join("cases.jsonl").is_file();
    let mut names: Vec<String> = fs::read_dir(folder)?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            has_cases(&path).then(|| path.file_name()?.to_str().map(str::to_owned)).flatten()
        })
        .collect();
    names.sort();
    Ok(names)
}

/// Has a file of cases answered and compares every answer; `sdks::build` has made the program.
pub(crate) fn answered(vendor: &str, cases: &Path, root: &Path) -> Result<Tally, Failure> {
    let unreadable = |error| Failure::new(format!("cannot read `{}`: {error}", cases.display()));
    let text = fs::read_to_string(cases).map_err(unreadable)?;
    let eval = CommandLine::new(target::debug("flagkit")?, "eval --cases")
        .and(cases.display().to_string())
        .and("--root")
        .and(root.display().to_string());
    let answers = eval.output()?;
    let mut tally = Tally::new(vendor);
    let mut answers = answers.lines();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let case = json(line)?;
        let answer = json(answers.next().unwrap_or("{}"))?;
        if field(&case, "id") != field(&answer, "id") {
            return Err(Failure::new(format!(
                "{} has no answer\nreproduce: {eval}",
                field(&case, "id")
            )));
        }
        let is_right =
            answer.get("result").is_some_and(|given| agrees(field(&case, "expected"), given));
        tally.count(&case, &answer, is_right);
    }
    Ok(tally)
}

fn json(line: &str) -> Result<Value, Failure> {
    serde_json::from_str(line).map_err(|error| Failure::new(format!("no JSON: {error}: {line}")))
}

/// The field of this name; null if there is none.
fn field<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&Value::Null)
}
