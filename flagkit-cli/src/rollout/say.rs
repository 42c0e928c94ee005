//! `flagkit rollout pause`, `resume`, `skip`, `promote`, `abort`, `retry`, `approve` and `tell`:
//! something is said to a release.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use flagkit_deploy::event::Command;
use flagkit_deploy::record::Decision;

use crate::arguments::rollout::{Approve, Say, Tell};
use crate::failure::{Failure, Outcome};
use crate::rollout::control::{Connection, Request, connect};
use crate::rollout::run::actor;
use crate::rollout::told::{self, Mark};
use crate::rollout::view::lines::sign;
use crate::terminal::printable;

/// Says a command whose reason is an argument.
pub(crate) fn with_reason(arguments: &Say, command: fn(String) -> Command) -> Outcome {
    say(arguments, command(arguments.why.clone()))
}

/// Says a command.
pub(crate) fn say(arguments: &Say, command: Command) -> Outcome {
    let release = arguments.which.id.clone();
    let by = actor(&arguments.speaker);
    let request = Request::Command { release, by, command };
    ask(&arguments.which.state.state, &request)
}

/// Agrees, or refuses.
pub(crate) fn approve(arguments: &Approve) -> Outcome {
    let comment = arguments.say.why.clone();
    say(&arguments.say, Command::Approve { agreed: !arguments.refuse, comment })
}

/// Tells facts.
pub(crate) fn tell(arguments: &Tell) -> Outcome {
    let facts = arguments.facts.iter().cloned().collect();
    let request = Request::Facts { release: arguments.id.clone(), facts };
    ask(&arguments.state.state, &request)
}

fn ask(folder: &Path, request: &Request) -> Outcome {
    let decisions = engine(folder)?.command(request)?;
    let mut out = anstream::stdout().lock();
    let mut code = ExitCode::SUCCESS;
    for decision in &decisions {
        let (mark, text) = told::decision(decision);
        let refused = matches!(decision, Decision::Ignored { .. } | Decision::Refused { .. });
        if refused && matches!(request, Request::Command { .. }) {
            code = ExitCode::FAILURE;
        }
        let (sign, style) = sign(mark);
        writeln!(out, "{style}{sign}{style:#} {}", printable(&text))?;
    }
    if decisions.is_empty() {
        let (sign, style) = sign(Mark::Plain);
        writeln!(out, "{style}{sign}{style:#} told; nothing follows from it now")?;
    }
    Ok(code)
}

/// The engine that runs, or what to do if none does.
fn engine(folder: &Path) -> Result<Connection, Failure> {
    connect(folder)?.ok_or_else(|| {
        Failure::input(format_args!(
            "no engine runs in `{}`, so nobody can be told; start it with: flagkit rollout run FILE, or \
             name its folder with --state, on the machine where it runs",
            folder.display()
        ))
    })
}
