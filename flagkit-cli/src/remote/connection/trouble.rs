//! Why a server did not do what it was asked for, and what helps.

use std::error::Error;
use std::io;
use std::time::Duration;

use flagkit_protocol::Problem;
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{StatusCode, Url};
use serde_json::Value;

use crate::failure::Failure;

/// The library does not want to talk at all.
#[cold]
pub(super) fn unprepared(error: &reqwest::Error) -> Failure {
    Failure::input(format_args!("cannot talk to servers here: {}", root(error)))
}

/// No answer came.
#[cold]
pub(super) fn unreachable(url: &Url, error: &reqwest::Error, timeout: Duration) -> Failure {
    let at = origin(url);
    if error.is_timeout() {
        return late(url, timeout);
    }
    let cause = root(error);
    if is_refused(error) {
        return Failure::input(format_args!(
            "nothing listens at {at}; is the server running? `flagkit serve` starts one, \
             and --url or FLAGKIT_URL says where it is"
        ));
    }
    if error.is_connect() {
        return Failure::input(format_args!(
            "cannot connect to {at}: {cause}; is the address right?"
        ));
    }
    Failure::input(format_args!("{at} did not answer to the end: {cause}"))
}

/// No answer came in time.
#[cold]
pub(super) fn late(url: &Url, timeout: Duration) -> Failure {
    let (at, seconds) = (origin(url), timeout.as_secs_f64());
    Failure::input(format_args!(
        "{at} did not answer within {seconds} s; is the address right? --timeout waits longer"
    ))
}

/// The answer is a refusal. `sent` is what was to be done.
#[cold]
pub(super) fn refused(
    url: &Url,
    (status, headers): (StatusCode, &HeaderMap),
    body: &[u8],
    sent: Option<&[u8]>,
) -> Failure {
    if status.is_redirection() {
        let to = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or("elsewhere");
        return Failure::input(format_args!(
            "{url} sends to {to}; keys are not sent on: give the right address by --url"
        ));
    }
    let Ok(mut problem) = serde_json::from_slice::<Problem>(body) else {
        return Failure::input(format_args!(
            "{url} answered {status}, but not as a FlagKit server does; is --url right?"
        ));
    };
    // The message says so already.
    if problem.path.as_deref().is_some_and(|path| NAMES.contains(&path)) {
        problem.path = None;
    }
    let mut lines = vec![problem.to_string()];
    if status == StatusCode::UNAUTHORIZED {
        lines.push("  the key is given by --key, FLAGKIT_KEY or FLAGKIT_KEY_FILE".to_owned());
    }
    if let Some(details) = &problem.details {
        lines.extend(diagnostics(details));
        lines.extend(versions(details, sent));
    }
    let wait = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    lines.extend(wait.map(|seconds| format!("  try again in {seconds} s")));
    Failure::refused(lines.join("\n"), problem.code)
}

/// What else is wrong with a document than what the message says.
fn diagnostics(details: &Value) -> Vec<String> {
    let all = details.get("diagnostics").and_then(Value::as_array);
    let others = all.into_iter().flatten().skip(1);
    let line = |found: &Value| {
        let text = |field| found.get(field).and_then(Value::as_str).unwrap_or_default();
        format!("  {}: {}: {}", text("severity"), text("path"), text("message"))
    };
    let mut lines: Vec<String> = others.take(SHOWN_MAX).map(line).collect();
    let more = all.map_or(0, Vec::len).saturating_sub(SHOWN_MAX + 1);
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    lines
}

/// After a conflict: what is there now, and what was to be there.
fn versions(details: &Value, sent: Option<&[u8]>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(current) = details.get("current") {
        let revision = details.get("actual_revision").and_then(Value::as_u64);
        let at = revision.map(|revision| format!(", at revision {revision}")).unwrap_or_default();
        lines.push(format!("  there now{at}: {current}"));
        let sent = sent.and_then(|sent| serde_json::from_slice::<Value>(sent).ok());
        lines.extend(sent.map(|sent| format!("  yours: {sent}")));
    }
    lines
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// What lies at the bottom of an error: the others only say where it passed by.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

fn is_refused(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind() == io::ErrorKind::ConnectionRefused;
        }
        cause = error.source();
    }
    false
}

/// Places in a request that the user knows by other names.
const NAMES: [&str; 3] = ["key", "project", "environment"];
/// Diagnostics that are printed, before the rest is only counted.
const SHOWN_MAX: usize = 20;
