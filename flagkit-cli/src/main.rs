//! The command `flagkit`: evaluate, explain, validate, convert and serve feature flags.
//!
//! Every command is one file, named like the command. Exit codes: 0 for success, 1 if
//! the input is wrong, 2 if the command was not used correctly. A reader that goes away
//! early (`flagkit … | head`) ends a command quietly.

#![forbid(unsafe_code)]

mod arguments;
mod failure;

// The commands.
mod bucket;
mod convert;
mod demo;
mod eval;
mod explain;
mod manual;
mod remote;
mod rollout;
mod schema;
mod serve;
mod validate;

// What they share.
mod answer;
mod context;
mod contexts;
mod document_file;
mod json;
mod lines;
mod moment;
mod suggest;
mod terminal;
mod world;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Bucket(arguments) => bucket::run(&arguments),
        Command::Rollout(arguments) => rollout::run(&arguments),
        Command::Remote(command) => remote::run(&command),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Schema => schema::run(),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { into: Some(folder), .. } => manual::pages_into(&folder),
        Command::Man { command, into: None } => manual::page(&command),
    };
    result.unwrap_or_else(|failure| failure.report())
}
