//! `flagkit revert`: back to what a flag was before.

use serde_json::json;

use crate::arguments::remote::Revert;
use crate::failure::{Failure, Outcome};
use crate::remote::connection::Request;
use crate::remote::flag;
use crate::remote::history::{List, Query, Record};
use crate::remote::session::Session;

/// Takes back the last change, a change by its number, or everything after a version.
pub(crate) fn run(arguments: &Revert) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let key = arguments.flag.as_str();
    let (change, force) = match (arguments.change, arguments.to) {
        (Some(change), _) => (change, arguments.force),
        // Whoever names a version wants nothing of what came after it.
        (None, Some(version)) => (first_after(&session, key, version)?.id, true),
        (None, None) => (last(&session, key)?.id, arguments.force),
    };
    let path = session.path(["history", &change.to_string(), "revert"]);
    let request = Request::post(path).json(JSON, &json!({ "force": force }))?;
    let reverted = session.connection.ask(arguments.why.of(request)?);
    let answer =
        reverted.map_err(|failure| failure.hint_if("conflict", "--force loses what came later"))?;
    flag::acknowledge(&session, key, &answer, &arguments.why)
}

/// The last change of a flag.
fn last(session: &Session, key: &str) -> Result<Record, Failure> {
    let query = Query { flag: Some(key), before: None, limit: 1 };
    let list = List::ask(session, &query)?;
    list.items.into_iter().next().ok_or_else(|| unchanged(key, ""))
}

/// The first change of a flag after a version: what was there before it was there at that version.
fn first_after(session: &Session, key: &str, version: u64) -> Result<Record, Failure> {
    let mut found = None;
    let mut before = None;
    loop {
        let query = Query { flag: Some(key), before, limit: PAGE };
        let list = List::ask(session, &query)?;
        let is_after = |record: &&Record| record.version.is_some_and(|number| number > version);
        let later = list.items.iter().take_while(is_after).count();
        if let Some(record) = list.items.iter().take(later).next_back() {
            found = Some(record.clone());
        }
        before = list.next;
        if later < list.items.len() || before.is_none() {
            return found.ok_or_else(|| unchanged(key, &format!(" after version {version}")));
        }
    }
}

fn unchanged(key: &str, when: &str) -> Failure {
    Failure::input(format_args!("nothing was changed about the flag `{key}`{when}"))
}

const PAGE: u32 = 200;
const JSON: &str = "application/json";
