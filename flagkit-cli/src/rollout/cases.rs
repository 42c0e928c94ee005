//! `flagkit rollout cases`: what the statistics answer to cases that others wrote down.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use flagkit_deploy::cases::{self, Failure as Differs, Problem, Report};
use serde_json::{Value, json};

use crate::arguments::rollout::Cases;
use crate::failure::Outcome;
use crate::terminal::{BAD, BOLD, FAINT, GOOD, counted, print_json, printable};

/// Runs every case of every file.
pub(crate) fn run(arguments: &Cases) -> Outcome {
    let mut out = anstream::stdout().lock();
    let mut is_good = true;
    let mut files = Vec::new();
    for path in &arguments.files {
        let name = path.display().to_string();
        let report = read(path).and_then(|text| cases::run(&text));
        is_good &= report.as_ref().is_ok_and(|report| report.failures.is_empty());
        if arguments.json {
            files.push(as_json(&name, &report));
        } else {
            print(&mut out, &name, &report)?;
        }
    }
    if arguments.json {
        print_json(&mut out, &json!({ "ok": is_good, "files": files }))?;
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: &Path) -> Result<String, Problem> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    text.map_err(|error| {
        let what = format!("it cannot be read ({error}); name a file of JSON text that is there");
        Problem::new("$", what)
    })
}

fn print(
    out: &mut impl Write,
    name: &str,
    report: &Result<Report, Problem>,
) -> std::io::Result<()> {
    let name = printable(name);
    let report = match report {
        Ok(report) => report,
        Err(problem) => {
            let text = problem.to_string();
            return writeln!(out, "{BAD}✗{BAD:#} {BOLD}{name}{BOLD:#}: {}", printable(&text));
        }
    };
    let (passed, failed) = (report.passed(), report.failed());
    let (sign, style) = if failed == 0 { ("✓", GOOD) } else { ("✗", BAD) };
    let (cases, values) = (counted(report.cases, "case"), counted(report.compared, "value"));
    writeln!(
        out,
        "{style}{sign}{style:#} {BOLD}{name}{BOLD:#}: {cases}, {passed} passed, {failed} failed  \
         {FAINT}{values} compared: {}{FAINT:#}",
        shapes(report)
    )?;
    for failure in &report.failures {
        writeln!(out, "    {}", printable(&words(failure)))?;
    }
    for note in &report.notes {
        writeln!(out, "    {FAINT}note: {}{FAINT:#}", printable(note))?;
    }
    for left_out in &report.left_out {
        writeln!(out, "    {FAINT}left out: {}{FAINT:#}", printable(left_out))?;
    }
    Ok(())
}

/// `37 of kayenta classifier`.
fn shapes(report: &Report) -> String {
    let each = report.shapes.iter().map(|(shape, count)| format!("{count} of {shape}"));
    each.collect::<Vec<_>>().join(", ")
}

/// A failure in a line.
fn words(failure: &Differs) -> String {
    let Differs { path, wanted, got, tolerance, .. } = failure;
    let name = failure.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    match tolerance {
        _ if wanted.is_empty() => format!("{path}{name}: {got}"),
        Some(tolerance) => {
            format!("{path}{name}: wanted {wanted}, got {got}; tolerance {tolerance:e}")
        }
        None => format!("{path}{name}: wanted {wanted}, got {got}"),
    }
}

fn as_json(name: &str, report: &Result<Report, Problem>) -> Value {
    let report = match report {
        Ok(report) => report,
        Err(problem) => {
            return json!({ "file": name, "error": { "path": problem.path, "what": problem.what } });
        }
    };
    let failure = |failure: &Differs| {
        let wanted = (!failure.wanted.is_empty()).then_some(&failure.wanted);
        json!({
            "case": failure.case,
            "name": failure.name,
            "path": failure.path,
            "wanted": wanted,
            "got": failure.got,
            "tolerance": failure.tolerance,
        })
    };
    json!({
        "file": name,
        "cases": report.cases,
        "passed": report.passed(),
        "failed": report.failed(),
        "skipped": report.skipped,
        "compared": report.compared,
        "shapes": report.shapes,
        "failures": report.failures.iter().map(failure).collect::<Vec<_>>(),
        "notes": report.notes,
        "left_out": report.left_out,
    })
}
