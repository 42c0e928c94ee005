//! The automation of this repository: `cargo xtask <command>`.
//!
//! Whatever a machine checks or builds here is one of these commands, so a
//! developer can run each of them alone. Every command works from the root of the
//! repository, wherever it was called, and ends with exit code 1 at the first
//! failure, together with the command that shows the failure again.

mod bench;
mod c;
mod ci;
mod command_line;
mod conformance;
mod demo;
mod equality;
mod failure;
mod fuzz;
mod judge;
mod oracle;
mod packages;
mod plan;
mod postgres;
mod process;
mod python;
mod releases;
mod rollouts;
mod schema;
mod sdks;
mod setup;
mod simulate;
mod soak;
mod suggest;
mod target;
mod test;
mod tidy;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::failure::{Failure, Outcome};

/// Runs the command that the arguments name.
fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match enter_root().and_then(|()| dispatch(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Makes the root of the repository the working directory.
fn enter_root() -> Outcome {
    // Cargo sets the variable for `cargo run`; a binary started by hand looks where it stands.
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = manifest.as_deref().and_then(|folder| folder.parent()).map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from("."));
    env::set_current_dir(&root)
        .map_err(|error| Failure::new(format!("cannot enter `{}`: {error}", root.display())))
}

/// Finds the command by its name and hands it the remaining arguments.
fn dispatch(arguments: &[String]) -> Outcome {
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", usage());
        return Ok(());
    };
    if ["help", "--help", "-h"].contains(&name.as_str()) {
        print!("{}", usage());
        return Ok(());
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => Err(unknown(name)),
    }
}

/// What is said to a command that does not exist.
fn unknown(name: &str) -> Failure {
    let names = COMMANDS.iter().map(|command| command.name);
    Failure::new(format!(
        "there is no command `{name}`{}\n\n{}",
        suggest::did_you_mean(name, names),
        usage()
    ))
}

/// The list of commands, as `cargo xtask help` prints it.
fn usage() -> String {
    let line = |command: &Command| format!("  {:<24} {}", command.synopsis, command.about);
    let lines: Vec<String> = COMMANDS.iter().map(line).collect();
    format!("usage: cargo xtask <command>\n\n{}\n", lines.join("\n"))
}

/// One command of `cargo xtask`.
struct Command {
    /// What the user types.
    name: &'static str,
    /// The name with its options.
    synopsis: &'static str,
    /// One line for the usage text.
    about: &'static str,
    /// Does it, given the arguments after the name.
    run: fn(&[String]) -> Outcome,
}

/// All commands, in the order of the usage text.
const COMMANDS: &[Command] = &[
    Command {
        name: "setup",
        synopsis: "setup",
        about: "install the tools that the tests need and that are missing",
        run: setup::main,
    },
    Command {
        name: "test",
        synopsis: "test [--list|--only S]",
        about: "setup, then every test: unit, loom, examples, demo, fuzz smoke",
        run: test::main,
    },
    Command {
        name: "ci",
        synopsis: "ci [--list|--only S]",
        about: "formatting, tidy, lints, docs, then everything of `test`",
        run: ci::main,
    },
    Command {
        name: "header",
        synopsis: "header [--check]",
        about: "write the header of the C library again, after a change of flagkit-ffi",
        run: c::header,
    },
    Command {
        name: "install",
        synopsis: "install --prefix DIR",
        about: "build the C library and put it there; `--profile P` for another than release",
        run: c::install,
    },
    Command {
        name: "tidy",
        synopsis: "tidy",
        about: "the rules of this repository that no other tool checks",
        run: tidy::main,
    },
    Command {
        name: "conformance",
        synopsis: "conformance [VENDOR]",
        about: "the vendors' public cases, compared with our answers",
        run: conformance::main,
    },
    Command {
        name: "oracle",
        synopsis: "oracle VENDOR [--seed N]",
        about: "random documents, answered by a vendor's own SDK and by us",
        run: oracle::main,
    },
    Command {
        name: "sdks",
        synopsis: "sdks [--unleash-server]",
        about: "vendors' own SDKs against a running server of ours",
        run: sdks::main,
    },
    Command {
        name: "python",
        synopsis: "python",
        about: "the wheel of Python: built, checked, installed and tested",
        run: python::main,
    },
    Command {
        name: "judge",
        synopsis: "judge [--quick]",
        about: "false rollbacks and detection of the judge of releases, into docs/judge.md",
        run: judge::main,
    },
    Command {
        name: "releases",
        synopsis: "releases [--quick]",
        about: "what one engine carries: 100,000 releases, into docs/releases-scale.md",
        run: releases::main,
    },
    Command {
        name: "bench",
        synopsis: "bench [--quick|--check]",
        about: "the benchmarks; `--check` counts instructions, `--accept` records them",
        run: bench::main,
    },
    Command {
        name: "equality",
        synopsis: "equality [--pairs COUNT]",
        about: "made-up evaluations, the same in every language",
        run: equality::main,
    },
    Command {
        name: "soak",
        synopsis: "soak [--quick]",
        about: "the server under load and while things die, into docs/server.md",
        run: soak::main,
    },
    Command {
        name: "rollouts",
        synopsis: "rollouts [--quick]",
        about: "releases behind real proxies, into docs/rollouts.md; `--kill-for 1h` kills the engine",
        run: rollouts::main,
    },
    Command {
        name: "simulate",
        synopsis: "simulate [--steps N] [--crashes N]",
        about: "releases in made-up worlds where things go wrong; `--seed N` to begin with",
        run: simulate::main,
    },
    Command {
        name: "schema",
        synopsis: "schema",
        about: "write docs/flagkit-1.schema.json again",
        run: schema::main,
    },
];

#[cfg(test)]
mod tests;
