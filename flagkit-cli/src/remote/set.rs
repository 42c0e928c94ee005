//! `flagkit set`: a flag, or some of its fields.

use serde_json::Value;

use crate::arguments::remote::Set;
use crate::failure::Outcome;
use crate::remote::connection::Request;
use crate::remote::flag;
use crate::remote::patch::{self, Wanted};
use crate::remote::session::Session;

/// Replaces the flag by a definition, or changes the fields that are named.
pub(crate) fn run(arguments: &Set) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let key = &arguments.flag;
    match patch::read(&arguments.definition)? {
        Wanted::Fields(fields) if !arguments.create => {
            let changed = flag::change(&session, key, &Value::from(fields), &arguments.why);
            changed.map_err(|failure| failure.hint_if("not_found", "--create makes a new one"))
        }
        Wanted::Fields(definition) | Wanted::Whole(definition) => {
            let mut request = Request::put(session.flag(key)).json(JSON, &definition)?;
            if arguments.create {
                request = request.header("if-none-match", Some("*"))?;
            }
            let answer = session.connection.ask(arguments.why.of(request)?)?;
            flag::acknowledge(&session, key, &answer, &arguments.why)
        }
    }
}

const JSON: &str = "application/json";
