//! `flagkit explain`: one evaluation, step by step.

use std::io::{self, Write};
use std::process::ExitCode;

use flagkit_core::{Context, ErrorCode, Explanation, Resolution};
use flagkit_dialects::Dialect;
use serde_json::{Value, json};

use crate::answer::{Answer, Fault};
use crate::arguments::{Explain, Output};
use crate::contexts;
use crate::document_file::Loaded;
use crate::failure::{Failure, Outcome};
use crate::suggest;
use crate::terminal::{BAD, BOLD, ERROR, FAINT, GOOD, printable};
use crate::world::World;

mod context;
pub(crate) mod steps;

/// Evaluates one flag and prints every step and the answer.
pub(crate) fn run(arguments: &Explain) -> Outcome {
    let words = context::texts(&arguments.context)?;
    let loaded = Loaded::open(&arguments.flags, &arguments.reading)?;
    let (snapshot, key) = (&loaded.snapshot, arguments.flag.as_str());
    if snapshot.flag(key).is_none() {
        return Err(suggest::no_such_flag(snapshot, key, &loaded.file.name));
    }
    let mut explanation = Explanation::default();
    let world = World::new(arguments.now);
    let result = if contexts::are_plain(loaded.contexts) {
        snapshot.resolve(key, &context::read(&words)?, &world, &mut explanation)
    } else {
        let json = context::json(&words)?;
        let context = flagkit_dialects::context(loaded.contexts, &json).map_err(Failure::usage)?;
        if let (Dialect::ConfigCat, Output::Text) = (loaded.file.dialect, arguments.output) {
            return print_log(&loaded.file.text, key, &context);
        }
        snapshot.resolve(key, &context, &world, &mut explanation)
    };
    match arguments.output {
        Output::Text => print_text(&explanation, &result, key)?,
        Output::Json => print_json(&explanation, result, key)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The evaluation log that the vendor's own SDKs write.
fn print_log(document: &str, key: &str, context: &Context) -> Outcome {
    let explained = flagkit_dialects::configcat::explain(document, None, key, context);
    let explained = explained.map_err(|error| Failure::input(error.to_string()))?;
    let mut out = anstream::stdout().lock();
    for line in explained.log.lines() {
        writeln!(out, "{}", printable(line))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print_text(
    explanation: &Explanation,
    result: &Result<Resolution<'_>, ErrorCode>,
    key: &str,
) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    steps::print(&mut out, explanation, "")?;
    writeln!(out)?;
    print_answer(&mut out, result, key)
}

/// The answer, a line for each part that it has.
fn print_answer(
    out: &mut impl Write,
    result: &Result<Resolution<'_>, ErrorCode>,
    key: &str,
) -> io::Result<()> {
    let found = match result {
        Ok(found) => found,
        Err(code) => {
            let fault = Fault::of_flag(*code, key);
            let message = printable(&fault.message);
            return writeln!(out, "{ERROR}{code}{ERROR:#}: {message}; the caller's default counts");
        }
    };
    let (style, state) = if found.is_enabled() { (GOOD, "on") } else { (BAD, "off") };
    let key = printable(key);
    writeln!(out, "{BOLD}{key}{BOLD:#} is {style}{state}{style:#}")?;
    let value = found.value().map_or("the caller's default".to_owned(), ToString::to_string);
    let parts = [
        ("value", Some(value.as_str())),
        ("variant", found.variant()),
        ("reason", Some(found.reason().name())),
        ("rule", found.rule()),
    ];
    for (name, text) in parts {
        if let Some(text) = text {
            writeln!(out, "  {FAINT}{name:<8}{FAINT:#} {}", printable(text))?;
        }
    }
    Ok(())
}

fn print_json(
    explanation: &Explanation,
    result: Result<Resolution<'_>, ErrorCode>,
    key: &str,
) -> Result<(), Failure> {
    let result = result.map_err(|code| Fault::of_flag(code, key));
    let mut answer = Vec::new();
    Answer { id: "null", flag: Some(key), result, default: "null" }.write(&mut answer)?;
    let answer: Value = serde_json::from_slice(&answer).map_err(io::Error::from)?;
    let steps = explanation.steps().iter();
    let steps: Vec<Value> = steps
        .map(|step| json!({ "depth": step.depth, "text": step.text, "holds": step.holds }))
        .collect();
    let all = json!({ "flag": key, "steps": steps, "answer": answer });
    Ok(writeln!(io::stdout().lock(), "{all:#}")?)
}
