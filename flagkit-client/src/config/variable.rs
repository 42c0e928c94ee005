//! The environment variables of an application, and how each is read.

use std::path::PathBuf;

use super::{Options, overrides, value};
use crate::error::Error;

/// A variable that says something about flags.
struct Variable {
    name: &'static str,
    read: fn(&mut Options, &str) -> Result<(), String>,
}

/// All there are.
const VARIABLES: &[Variable] = &[
    Variable { name: "FLAGKIT_URL", read: |options, text| put(&mut options.url, text.to_owned()) },
    Variable { name: "FLAGKIT_KEY", read: |options, text| put(&mut options.key, text.to_owned()) },
    Variable {
        name: "FLAGKIT_KEY_FILE",
        read: |options, text| put(&mut options.key_file, PathBuf::from(text)),
    },
    Variable {
        name: "FLAGKIT_ENVIRONMENT",
        read: |options, text| put(&mut options.environment, text.to_owned()),
    },
    Variable {
        name: "FLAGKIT_MODE",
        read: |options, text| put(&mut options.mode, value::mode(text)?),
    },
    Variable {
        name: "FLAGKIT_FILE",
        read: |options, text| put(&mut options.file, PathBuf::from(text)),
    },
    Variable {
        name: "FLAGKIT_CACHE_DIR",
        read: |options, text| put(&mut options.cache_dir, PathBuf::from(text)),
    },
    Variable {
        name: "FLAGKIT_START_WAIT",
        read: |options, text| put(&mut options.start_wait, value::time(text)?),
    },
    Variable {
        name: "FLAGKIT_POLL",
        read: |options, text| put(&mut options.poll, value::time(text)?),
    },
    Variable {
        name: "FLAGKIT_EVENTS",
        read: |options, text| put(&mut options.events, value::events(text)?),
    },
    Variable {
        name: "FLAGKIT_OVERRIDES",
        read: |options, text| put(&mut options.overrides, overrides::read(text)?),
    },
    Variable {
        name: "FLAGKIT_PROXY",
        read: |options, text| put(&mut options.proxy, text.to_owned()),
    },
    Variable {
        name: "FLAGKIT_CA_FILE",
        read: |options, text| put(&mut options.ca_file, PathBuf::from(text)),
    },
    Variable {
        name: "FLAGKIT_CLIENT_CERT",
        read: |options, text| put(&mut options.client_cert, PathBuf::from(text)),
    },
    Variable {
        name: "FLAGKIT_CLIENT_KEY",
        read: |options, text| put(&mut options.client_key, PathBuf::from(text)),
    },
    Variable {
        name: "FLAGKIT_LOG",
        read: |options, text| put(&mut options.log, value::log(text)?),
    },
];

/// What the variables say. Empty ones say nothing; those of other programs are left alone.
///
/// # Errors
///
/// A value that cannot be read, and a name that begins with `FLAGKIT_` and is none of ours.
pub(super) fn read(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Options, Error> {
    let mut options = Options::default();
    for (name, text) in variables {
        let is_others = name.starts_with(PREFIX_SERVER) || OF_COMMANDS.contains(&&*name);
        if !name.starts_with(PREFIX) || is_others {
            continue;
        }
        let Some(variable) = VARIABLES.iter().find(|variable| variable.name == name) else {
            return Err(unknown(&name));
        };
        let text = text.trim();
        if !text.is_empty() {
            (variable.read)(&mut options, text)
                .map_err(|why| Error::configuration(format!("{name}: {why}")))?;
        }
    }
    Ok(options)
}

fn unknown(name: &str) -> Error {
    let names = VARIABLES.iter().map(|variable| variable.name);
    let closest = names.min_by_key(|known| strsim::damerau_levenshtein(name, known));
    let hint = closest.map(|closest| format!("; did you mean `{closest}`?")).unwrap_or_default();
    Error::configuration(format!("there is no variable `{name}`{hint}"))
}

#[expect(clippy::unnecessary_wraps, reason = "the entries of the table have one shape")]
fn put<T>(place: &mut Option<T>, value: T) -> Result<(), String> {
    *place = Some(value);
    Ok(())
}

const PREFIX: &str = "FLAGKIT_";
/// What `flagkit-server` reads; both may run in one environment.
const PREFIX_SERVER: &str = "FLAGKIT_SERVER_";
/// What only the command `flagkit` reads.
const OF_COMMANDS: &[&str] = &["FLAGKIT_PROJECT"];
