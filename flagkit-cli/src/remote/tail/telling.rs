//! A change, as people and programs read it.

use std::io::{self, Write};

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::held::{Changed, Held, Kind};
use crate::moment;
use crate::remote::history::Record;
use crate::remote::{difference, summary};
use crate::terminal::{BAD, BOLD, FAINT, GOOD, printable};

/// Prints one change, and who made it, where that is known.
pub(super) fn tell(
    out: &mut impl Write,
    (change, record): (&Changed, Option<&Record>),
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
            "actor": record.map(|record| &record.actor),
            "reason": record.and_then(|record| record.reason.as_ref()),
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
    let by = record.map(|record| format!("by {}  ", record.actor)).unwrap_or_default();
    let by = printable(&by);
    writeln!(
        out,
        "{FAINT}{clock}{FAINT:#}  {BOLD}{key}{BOLD:#}  {style}{words}{style:#}  \
         {FAINT}{by}{version}{FAINT:#}"
    )?;
    if let Some(reason) = record.and_then(|record| record.reason.as_ref()) {
        writeln!(out, "  {}", printable(reason))?;
    }
    if before.is_some() && after.is_some() {
        difference::print(out, &difference::between(before.as_ref(), after.as_ref()), "  ")?;
    }
    Ok(())
}

fn value(json: Option<&RawValue>) -> Option<Value> {
    serde_json::from_str(json?.get()).ok()
}
