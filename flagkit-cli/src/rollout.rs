//! `flagkit rollout`: releases that move by evidence.
//!
//! Each command is one file. The engine is put together in [`engine`], and everybody who shows a
//! release shows its [`standing`](standing::Standing), which is also what programs get as JSON.

use std::io::Write;
use std::process::ExitCode;

use flagkit_deploy::config;
use flagkit_deploy::event::Command;

use crate::arguments::rollout::{Release, Rollout};
use crate::failure::{Failure, Outcome};
use crate::remote::switch;

// The commands.
mod cases;
mod demo;
mod history;
mod import;
mod plan;
mod replay;
mod report;
mod run;
mod say;
mod simulate;
mod status;
mod watch;

// What they share.
pub(crate) mod control;
pub(crate) mod engine;
mod file;
mod source;
pub(crate) mod standing;
pub(crate) mod told;
pub(crate) mod view;

/// Does what was asked for.
pub(crate) fn run(arguments: &Rollout) -> Outcome {
    match (&arguments.release, &arguments.flag, arguments.percentage) {
        (Some(release), ..) => release_command(release),
        (None, Some(flag), Some(percentage)) => {
            switch::rollout((flag, percentage), &arguments.target, &arguments.why)
        }
        // The definition of the arguments requires both.
        _ => Err(Failure::usage("name a flag and a percentage, or what to do with a release")),
    }
}

fn release_command(release: &Release) -> Outcome {
    match release {
        Release::Plan(arguments) => plan::run(arguments),
        Release::Run(arguments) => run::run(arguments),
        Release::Status(arguments) => status::run(arguments),
        Release::Watch(arguments) => watch::run(arguments),
        Release::Pause(say) => say::with_reason(say, |why| Command::Pause { why }),
        Release::Resume(say) => say::say(say, Command::Resume),
        Release::Skip(say) => say::with_reason(say, |why| Command::Skip { why }),
        Release::Promote(say) => say::with_reason(say, |why| Command::Promote { why }),
        Release::Abort(say) => say::with_reason(say, |why| Command::Abort { why }),
        Release::Retry(say) => say::say(say, Command::Retry),
        Release::Approve(arguments) => say::approve(arguments),
        Release::Tell(arguments) => say::tell(arguments),
        Release::History(arguments) => history::run(arguments),
        Release::Replay(arguments) => replay::run(arguments),
        Release::Report(arguments) => report::run(arguments),
        Release::Import(arguments) => import::run(arguments),
        Release::Simulate(arguments) => simulate::run(arguments),
        Release::Cases(arguments) => cases::run(arguments),
        Release::Schema { keys } => schema(*keys),
        Release::Demo(arguments) => demo::run(arguments),
        Release::DemoService(arguments) => demo::service::run(arguments),
    }
}

/// Prints what the code says about release files.
fn schema(keys: bool) -> Outcome {
    let mut out = std::io::stdout().lock();
    if keys {
        out.write_all(config::documentation().as_bytes())?;
    } else {
        writeln!(out, "{:#}", config::schema())?;
    }
    Ok(ExitCode::SUCCESS)
}
