//! How large things from outside may be.

use crate::event::{Actor, Command, What};
use crate::executor::ExecutorError;

/// The longest name of a release, in bytes.
const ID_MAX: usize = 200;
/// The longest name of a person, role or fact, in bytes.
const NAME_MAX: usize = 200;
/// The longest text of a command, in bytes.
const TEXT_MAX: usize = 4096;
/// The most facts and roles that are told at once.
const COUNT_MAX: usize = 1000;
/// The most that one telling of facts may take as JSON, in bytes.
const FACTS_MAX: usize = 64 * 1024;

/// Names of releases are printable, so that they can stand in messages and keys.
pub(super) fn check_id(id: &str) -> Result<(), ExecutorError> {
    if id.is_empty() || id.len() > ID_MAX || id.chars().any(char::is_control) {
        let mend = "the name of a release has 1 to 200 bytes and no control characters";
        return Err(ExecutorError::BadInput(mend.to_owned()));
    }
    Ok(())
}

/// Who says something.
pub(super) fn check_actor(actor: &Actor) -> Result<(), ExecutorError> {
    at_most("the name of a person", actor.name.len(), NAME_MAX)?;
    at_most("the number of roles", actor.roles.len(), COUNT_MAX)?;
    actor.roles.iter().try_for_each(|role| at_most("the name of a role", role.len(), NAME_MAX))
}

/// What somebody outside says.
pub(super) fn check_what(what: &What) -> Result<(), ExecutorError> {
    match what {
        What::Time | What::Came { .. } => {
            let what = "only the executor tells the time and what came of orders";
            Err(ExecutorError::BadInput(what.to_owned()))
        }
        What::Facts(facts) => {
            at_most("the number of facts", facts.len(), COUNT_MAX)?;
            facts
                .keys()
                .try_for_each(|name| at_most("the name of a fact", name.len(), NAME_MAX))?;
            let size = serde_json::to_vec(facts).map_or(usize::MAX, |json| json.len());
            at_most("the size of all facts", size, FACTS_MAX)
        }
        What::Command { by, command } => {
            check_actor(by)?;
            at_most("the text of a command", text(command).len(), TEXT_MAX)
        }
    }
}

/// What somebody wrote.
fn text(command: &Command) -> &str {
    use Command::{Abort, Alert, Approve, Pause, Promote, Resume, Retry, Skip, Start};
    match command {
        Start | Resume | Retry => "",
        Pause { why } | Skip { why } | Promote { why } | Abort { why } => why,
        Approve { comment, .. } => comment,
        Alert { what } => what,
    }
}

/// Says what is too large, and by how much.
fn at_most(what: &str, size: usize, limit: usize) -> Result<(), ExecutorError> {
    if size <= limit {
        return Ok(());
    }
    Err(ExecutorError::BadInput(format!("{what} is {size}; it may be {limit} at most")))
}
