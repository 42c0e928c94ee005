//! A change, as people and programs read it.

use std::io::{self, Write};

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::held::{Changed, Held, Kind};
use crate::moment;
use crate::remote::{difference, summary};
use crate::terminal::{BAD, BOLD, FAINT, GOOD, printable};

/// Prints one change.
pub(super) fn tell(
    out: &mut impl Write,
    change: &Changed,
    held: &Held,
    is_json: bool,
) -> io::Result<()> {
    let (before, after) = (value(change.before.as_deref()), value(change.after.as_deref()));
    let version = held.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let at_ms = moment::now_ms();
    if is_json {
        let kind = change.kind.name();
        let line = json!({
            "version": version, "received_at_ms": at_ms, "kind": kind, "key": change.key,
            "before": before, "after": after,
        });
        return writeln!(out, "{line}");
    }
    let (clock, key) = (moment::clock(at_ms), printable(&change.key));
    let (style, words) = match (change.kind, &before, &after) {
        (_, _, None) => (BAD, "deleted".to_owned()),
        (Kind::Flag, None, Some(after)) => (GOOD, format!("new, {}", summary::sentence(after))),
        (Kind::Flag, Some(_), Some(after)) => (BOLD, summary::sentence(after)),
        (kind, None, Some(_)) => (GOOD, format!("a new {}", kind.name())),
        (kind, Some(_), Some(_)) => (BOLD, format!("{} changed", kind.name())),
    };
    writeln!(
        out,
        "{FAINT}{clock}{FAINT:#}  {BOLD}{key}{BOLD:#}  {style}{words}{style:#}  {FAINT}{version}{FAINT:#}"
    )?;
    if before.is_some() && after.is_some() {
        difference::print(out, &difference::between(before.as_ref(), after.as_ref()), "  ")?;
    }
    Ok(())
}

fn value(json: Option<&RawValue>) -> Option<Value> {
    serde_json::from_str(json?.get()).ok()
}
