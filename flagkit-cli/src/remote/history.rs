//! `flagkit history`: who changed what, when and why.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arguments::remote::History;
use crate::failure::{Failure, Outcome};
use crate::moment;
use crate::remote::connection::Request;
use crate::remote::difference;
use crate::remote::session::Session;
use crate::terminal::{BOLD, FAINT, print_json, printable};

/// Prints the newest changes of an environment or of one flag.
pub(crate) fn run(arguments: &History) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let query = Query { flag: arguments.flag.as_deref(), before: None, limit: arguments.limit };
    let list = List::ask(&session, &query)?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &list.items)?;
        return Ok(ExitCode::SUCCESS);
    }
    for record in &list.items {
        record.print(&mut out)?;
    }
    if list.items.is_empty() {
        match &arguments.flag {
            Some(flag) => writeln!(out, "nothing was ever changed about {}", printable(flag))?,
            None => writeln!(out, "nothing was ever changed in {}", session.environment)?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Which changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'a> {
    /// Of this flag, or of everything.
    pub(crate) flag: Option<&'a str>,
    /// Only older than the change of this number.
    pub(crate) before: Option<u64>,
    /// How many at most.
    pub(crate) limit: u32,
}

/// Changes, the newest first.
#[derive(Debug, Deserialize)]
pub(crate) struct List {
    /// The changes.
    pub(crate) items: Vec<Record>,
    /// The number before which the next page begins; none at the end.
    #[serde(default)]
    pub(crate) next: Option<u64>,
}

/// One change.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Record {
    /// Its number.
    pub(crate) id: u64,
    /// The number of the environment's version after it.
    #[serde(default)]
    pub(crate) version: Option<u64>,
    /// `flag`, `segment`, `setting`, `document`, `environment`, `project`, `key`.
    pub(crate) kind: String,
    /// The key of that.
    pub(crate) key: String,
    /// When, in milliseconds since 1970.
    pub(crate) at_ms: u64,
    /// Who.
    pub(crate) actor: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// What history calls it.
    pub(crate) action: String,
    /// What was there before.
    #[serde(default)]
    pub(crate) before: Option<Value>,
    /// What was there after.
    #[serde(default)]
    pub(crate) after: Option<Value>,
}

impl List {
    /// Asks for a page of them.
    pub(crate) fn ask(session: &Session, query: &Query<'_>) -> Result<Self, Failure> {
        let request = Request::get(session.path(["history"]))
            .query("kind", query.flag.map(|_| "flag"))
            .query("key", query.flag)
            .query("before", query.before)
            .query("limit", Some(query.limit));
        session.connection.ask(request)?.json()
    }
}

impl Record {
    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let when = moment::ago(self.at_ms, moment::now_ms());
        let version = self.version.map(|version| format!(", version {version}"));
        let version = version.unwrap_or_default();
        let kind = if self.kind == "flag" { String::new() } else { format!("{} ", self.kind) };
        let line = format!("{kind}{}", self.key);
        let what = format!("{} {when} by {}", self.action, self.actor);
        let (line, what) = (printable(&line), printable(&what));
        let id = self.id;
        writeln!(out, "{BOLD}{line}{BOLD:#}  {what}  {FAINT}change {id}{version}{FAINT:#}")?;
        if let Some(reason) = &self.reason {
            writeln!(out, "  {}", printable(reason))?;
        }
        let differences = difference::between(self.before.as_ref(), self.after.as_ref());
        difference::print(out, &differences, "  ")
    }
}
