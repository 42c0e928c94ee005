//! Flags as a server tells them, and changes as it acknowledges them.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arguments::remote::Why;
use crate::failure::{Failure, Outcome};
use crate::remote::connection::{Answer, Request};
use crate::remote::session::Session;
use crate::remote::summary::{self, State};
use crate::terminal::{BAD, BOLD, FAINT, GOOD, WARNING, print_json, printable};

/// A flag of an environment.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Flag {
    /// Its key.
    pub(crate) key: String,
    /// The version of the environment that brought its last change.
    pub(crate) revision: u64,
    /// Its native definition.
    pub(crate) document: Value,
}

/// What came of a change.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Changed {
    /// The version of the environment now.
    pub(crate) version: String,
    /// The revision of the flag now; none where it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<u64>,
    /// Whether anything is different.
    #[serde(rename = "changed")]
    pub(crate) is_different: bool,
    /// What is odd about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warning>,
}

/// What is odd about a definition that works.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Warning {
    /// Where.
    pub(crate) path: String,
    /// What.
    pub(crate) message: String,
    /// How to mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

impl Flag {
    /// Asks for one.
    pub(crate) fn ask(session: &Session, key: &str) -> Result<Self, Failure> {
        let answer = session.connection.ask(Request::get(session.flag(key)))?;
        let revision = revision(&answer)?;
        Ok(Self { key: key.to_owned(), revision, document: answer.json()? })
    }

    /// How much of it is on, with the colour for that.
    pub(crate) fn state(&self) -> (State, anstyle::Style) {
        let state = summary::state(&self.document);
        let style = match state {
            State::On => GOOD,
            State::Partly => WARNING,
            State::Off => BAD,
        };
        (state, style)
    }

    /// One line: `beta is on for 25 % in production (revision 12)`.
    pub(crate) fn print_sentence(&self, out: &mut impl Write, session: &Session) -> io::Result<()> {
        let (_, style) = self.state();
        let sentence = summary::sentence(&self.document);
        let (key, environment) = (printable(&self.key), &session.environment);
        let revision = self.revision;
        writeln!(
            out,
            "{BOLD}{key}{BOLD:#} is {style}{sentence}{style:#} in {environment} \
             {FAINT}(revision {revision}){FAINT:#}"
        )
    }
}

/// Changes fields of a flag and says what it is then.
pub(crate) fn change(session: &Session, key: &str, fields: &Value, why: &Why) -> Outcome {
    let request = Request::patch(session.flag(key)).json(MERGE_PATCH, fields)?;
    let answer = session.connection.ask(why.of(request)?)?;
    acknowledge(session, key, &answer, why)
}

/// Says what came of a change of a flag that is still there.
pub(crate) fn acknowledge(session: &Session, key: &str, answer: &Answer, why: &Why) -> Outcome {
    let changed: Changed = answer.json()?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &changed)?;
        return Ok(ExitCode::SUCCESS);
    }
    changed.print_warnings()?;
    if why.dry_run {
        let words =
            if changed.is_different { "this would be accepted" } else { "nothing would change" };
        writeln!(out, "{words}; {} is still as it was", printable(key))?;
        return Ok(ExitCode::SUCCESS);
    }
    if !changed.is_different {
        writeln!(out, "nothing is different: {} was so already", printable(key))?;
    }
    Flag::ask(session, key)?.print_sentence(&mut out, session)?;
    Ok(ExitCode::SUCCESS)
}

impl Changed {
    /// Tells what is odd, aside.
    pub(crate) fn print_warnings(&self) -> io::Result<()> {
        let mut out = anstream::stderr().lock();
        for Warning { path, message, hint } in &self.warnings {
            let hint = hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            let text = format!("{path}: {message}{hint}");
            writeln!(out, "{WARNING}warning:{WARNING:#} {}", printable(&text))?;
        }
        Ok(())
    }
}

/// The revision that an answer carries.
fn revision(answer: &Answer) -> Result<u64, Failure> {
    let tag = answer.header("etag").unwrap_or_default().trim_start_matches("W/");
    tag.trim_matches('"').parse().map_err(|_| {
        Failure::input("the server did not say the revision; does a proxy take `ETag` away?")
    })
}

/// How partial changes are written.
const MERGE_PATCH: &str = "application/merge-patch+json";
