//! `flagkit keys`: who may ask the server, and what for.

use std::io::Write;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arguments::remote::{Keys, KeysCommand, NewKey, OneKey, Rotate, Target};
use crate::failure::{Failure, Outcome};
use crate::moment;
use crate::remote::connection::{Answer, Request};
use crate::remote::session::Session;
use crate::remote::table::{self, Cell};
use crate::terminal::{BAD, BOLD, FAINT, GOOD, WARNING, print_json, printable};

/// Does what was asked for; lists the keys where nothing was.
pub(crate) fn run(arguments: &Keys) -> Outcome {
    match &arguments.command {
        None => list(&arguments.target),
        Some(KeysCommand::List(target)) => list(target),
        Some(KeysCommand::Create(arguments)) => create(arguments),
        Some(KeysCommand::Rotate(arguments)) => rotate(arguments),
        Some(KeysCommand::Revoke(arguments)) => revoke(arguments),
    }
}

/// What is known of a key.
#[derive(Debug, Deserialize, Serialize)]
struct Key {
    id: u64,
    name: String,
    scope: String,
    prefix: String,
    project: Option<String>,
    environment: Option<String>,
    created_at_ms: u64,
    created_by: String,
    expires_at_ms: Option<u64>,
    revoked_at_ms: Option<u64>,
    last_used_at_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct List {
    items: Vec<Key>,
}

/// A key that nobody had before.
#[derive(Deserialize, Serialize)]
struct Created {
    secret: String,
    key: Key,
}

fn list(target: &Target) -> Outcome {
    let session = Session::open(target)?;
    let keys = all(&session)?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &keys)?;
        return Ok(ExitCode::SUCCESS);
    }
    let now_ms = moment::now_ms();
    let rows: Vec<[Cell; 7]> = keys.iter().map(|key| key.row(now_ms)).collect();
    let headings = ["ID", "NAME", "SCOPE", "WHERE", "BEGINS WITH", "STATE", "LAST USED"];
    table::print(&mut out, headings, &rows)?;
    Ok(ExitCode::SUCCESS)
}

fn create(arguments: &NewKey) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let place = |name| (!arguments.everywhere).then_some(name);
    let body = json!({
        "name": arguments.name,
        "scope": arguments.scope.name(),
        "project": place(&session.project),
        "environment": place(&session.environment),
        "expires_in_seconds": arguments.expires.map(|lifetime| lifetime.as_secs()),
    });
    let request = Request::post(KEYS).json(JSON, &body)?;
    created(&session, &session.connection.ask(request)?)
}

fn rotate(arguments: &Rotate) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let id = find(&session, &arguments.old)?.id.to_string();
    let body = json!({ "overlap_seconds": arguments.overlap.as_secs() });
    let request = Request::post(["api", "v1", "keys", &id, "rotate"]).json(JSON, &body)?;
    created(&session, &session.connection.ask(request)?)
}

fn revoke(arguments: &OneKey) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let id = find(&session, &arguments.name)?.id.to_string();
    let answer = session.connection.ask(Request::delete(["api", "v1", "keys", &id]))?;
    let key: Key = answer.json()?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &key)?;
    } else {
        let name = printable(&key.name);
        writeln!(out, "{BOLD}{name}{BOLD:#} is refused from now on {FAINT}(key {id}){FAINT:#}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The key alone goes to the output, so that `KEY=$(flagkit keys create …)` has it.
fn created(session: &Session, answer: &Answer) -> Outcome {
    let created: Created = answer.json()?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &created)?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{}", created.secret)?;
    let Key { id, name, scope, expires_at_ms, .. } = &created.key;
    let place = created.key.place();
    let until = expires_at_ms.map(|at_ms| format!(" until {}", moment::whole(at_ms)));
    let words = format!("key {id}, `{name}`: {scope}, {place}{}", until.unwrap_or_default());
    let words = printable(&words);
    writeln!(anstream::stderr(), "{FAINT}{words}; it is not shown again{FAINT:#}")?;
    Ok(ExitCode::SUCCESS)
}

/// The key of this number or name.
fn find(session: &Session, wanted: &str) -> Result<Key, Failure> {
    let keys = all(session)?;
    let is_wanted = |key: &Key| key.id.to_string() == wanted;
    let is_named = |key: &Key| key.name == wanted && key.revoked_at_ms.is_none();
    let named = keys.iter().filter(|key| is_named(key)).count();
    let by_id = keys.iter().position(is_wanted);
    let place = by_id.or_else(|| keys.iter().position(is_named));
    if by_id.is_none() && named > 1 {
        return Err(Failure::input(format_args!(
            "{named} keys are called `{wanted}`; name one by its number, see `flagkit keys list`"
        )));
    }
    place.and_then(|place| keys.into_iter().nth(place)).ok_or_else(|| {
        Failure::input(format_args!("there is no key `{wanted}`; see `flagkit keys list`"))
    })
}

fn all(session: &Session) -> Result<Vec<Key>, Failure> {
    Ok(session.connection.ask(Request::get(KEYS))?.json::<List>()?.items)
}

impl Key {
    fn place(&self) -> String {
        match (&self.project, &self.environment) {
            (Some(project), Some(environment)) => format!("{project}/{environment}"),
            _ => "everywhere".to_owned(),
        }
    }

    fn row(&self, now_ms: u64) -> [Cell; 7] {
        let state = match (self.revoked_at_ms, self.expires_at_ms) {
            (Some(_), _) => Cell::new("revoked", BAD),
            (None, Some(at_ms)) if at_ms <= now_ms => Cell::new("expired", BAD),
            (None, Some(at_ms)) => Cell::new(&format!("until {}", moment::whole(at_ms)), WARNING),
            (None, None) => Cell::new("good", GOOD),
        };
        let used = self.last_used_at_ms.map(|at_ms| moment::ago(at_ms, now_ms));
        [
            Cell::plain(&self.id.to_string()),
            Cell::new(&self.name, BOLD),
            Cell::plain(&self.scope),
            Cell::plain(&self.place()),
            Cell::new(&format!("{}…", self.prefix), FAINT),
            state,
            Cell::new(used.as_deref().unwrap_or("never"), FAINT),
        ]
    }
}

const KEYS: [&str; 3] = ["api", "v1", "keys"];
const JSON: &str = "application/json";
