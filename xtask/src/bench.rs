//! `cargo xtask bench`: how fast FlagKit is, and that it did not become slower.
//!
//! Clocks say how fast this machine is today: beside its own floors, beside other evaluators,
//! and while flags are published; `docs/performance.md` is written from that. Counts of
//! instructions and heap allocations are the same tomorrow and elsewhere, so they are on
//! record and checked.

use std::fs;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::{python, suggest};

/// Measures everything, roughly with `--quick`; or counts, and compares or accepts the counts; or
/// measures Python beside vendors' SDKs.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &["--quick", "--check", "--accept", "--python"])?;
    match arguments {
        [] => measure(&Effort { option: "", page: "docs/performance.md" }),
        [one] => match one.as_str() {
            "--check" => check(),
            "--accept" => instructions("accept").run(),
            "--python" => python::bench(),
            _ => measure(&Effort { option: "--quick", page: "target/bench/performance.md" }),
        },
        _ => Err(Failure::new("`bench` takes one option")),
    }
}

/// No scenario takes more instructions or heap allocations than on record.
pub(crate) fn check() -> Outcome {
    instructions("check").run()
}

/// The counter, in the code that every x86-64 processor can run, whatever the user's flags are.
fn instructions(command: &str) -> CommandLine {
    CommandLine::cargo(&format!("run --release -p flagkit-benches --bin instructions -- {command}"))
        .with("RUSTFLAGS", "")
}

/// How long to measure, and where to.
struct Effort {
    option: &'static str,
    /// Rough numbers stay out of the documentation.
    page: &'static str,
}

/// One after the other, so that nothing of ours disturbs what is measured.
fn measure(effort: &Effort) -> Outcome {
    // What an earlier run has left behind would be taken for results of this one.
    let _ = fs::remove_dir_all(FOLDER);
    fs::create_dir_all(FOLDER)
        .map_err(|error| Failure::new(format!("cannot make `{FOLDER}`: {error}")))?;
    let option = effort.option;
    record("instructions", &instructions("check"))?;
    let targets = format!("bench -p flagkit-benches --bench targets -- {option}");
    record("targets", &CommandLine::cargo(&targets))?;
    let batch = format!("bench -p flagkit-benches --bench batch -- {option}");
    record("batch", &CommandLine::cargo(&batch))?;
    let lanes = format!("bench -p flagkit-benches --bench lanes -- {option}");
    record("lanes", &CommandLine::cargo(&lanes))?;
    let loading = format!("bench -p flagkit-benches --bench loading -- {option}");
    record("loading", &CommandLine::cargo(&loading))?;
    let concurrency = format!("run --release -p flagkit-benches --bin concurrency -- {option}");
    record("concurrency", &CommandLine::cargo(&concurrency))?;
    let peers = [("flagkit-peers", "peers"), ("flagkit-peers-statsig", "statsig")];
    let peers = peers.map(|(package, name)| {
        CommandLine::cargo(&format!(
            "run --release --manifest-path benches/peers/Cargo.toml -p {package} -- {option} \
             --json {FOLDER}/{name}.jsonl"
        ))
    });
    write("commands", &peers.each_ref().map(ToString::to_string).join("\n"))?;
    peers.iter().try_for_each(CommandLine::run)?;
    CommandLine::cargo(&format!(
        "run --release -p flagkit-benches --bin report -- {FOLDER} {} {option}",
        effort.page
    ))
    .run()
}

/// Runs it and keeps what it prints, below the command itself.
fn record(name: &str, command: &CommandLine) -> Outcome {
    eprintln!("$ {command}");
    let printed = command.output()?;
    print!("{printed}");
    write(name, &format!("$ {command}\n\n{printed}"))
}

fn write(name: &str, text: &str) -> Outcome {
    let path = format!("{FOLDER}/{name}.txt");
    fs::write(&path, text).map_err(|error| Failure::new(format!("cannot write `{path}`: {error}")))
}

/// Where measurements are collected.
const FOLDER: &str = "target/bench";
