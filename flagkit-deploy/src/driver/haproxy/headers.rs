//! Rules by headers as entries of the map, one for each arm, so that each changes in one step.
//!
//! HAProxy can only look at headers that its configuration names, so the value has a place for each of those: the names
//! themselves, and behind them what each must be, `any` or `=` and the bytes in hexadecimal. A configuration with
//! other names finds others than its own there, and sends nobody anywhere.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::driver::headers::{Part, Parts};

/// The key of an arm's rule.
pub(super) fn key(route: &str, arm: &str) -> String {
    format!("{route}/headers/{arm}")
}

/// The names that can be read, in one order whatever theirs is.
pub(super) fn known(names: &[String]) -> BTreeSet<Part> {
    names.iter().filter_map(|name| Part::read(name)).collect()
}

/// The first of these names that cannot be read.
pub(super) fn unreadable(names: &[String]) -> Option<&String> {
    names.iter().find(|name| Part::read(name).is_none())
}

/// The value for a rule; none for no rule. Headers that the configuration does not name are an error.
pub(super) fn value(known: &BTreeSet<Part>, parts: &Parts) -> Result<Option<String>, String> {
    if let Some(unknown) = parts.keys().find(|part| !known.contains(part)) {
        return Err(unknown.name());
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let wanted = known.iter().map(|part| match parts.get(part) {
        Some(value) => format!("={}", hexadecimal(value)),
        None => ANY.to_owned(),
    });
    let fields: Vec<String> = std::iter::once(names(known)).chain(wanted).collect();
    Ok(Some(fields.join("/")))
}

/// The lines that look the rules of all arms up. Of several that hold, the last arm's wins.
pub(super) fn lines(
    route: &str,
    arms: &[String],
    (map, names_of_parts): (&str, &[String]),
) -> Vec<String> {
    let known = known(names_of_parts);
    let mut lines = Vec::new();
    for (at, part) in known.iter().enumerate() {
        let found = match part {
            Part::Header(name) => format!("req.fhdr({name})"),
            Part::Cookie(name) => format!("req.cook({name})"),
        };
        lines.extend([
            format!("http-request set-var(txn.flagkit_have{at}) str(none)"),
            format!("http-request set-var(txn.flagkit_hex{at}) {found},hex"),
            format!(
                "http-request set-var(txn.flagkit_have{at}) str(=),concat(,txn.flagkit_hex{at},) if {{ {found} -m found }}"
            ),
        ]);
    }
    for arm in arms.iter().filter(|_| !known.is_empty()) {
        let key = key(route, arm);
        lines.push(format!("http-request set-var(txn.flagkit_rule) str({key}),map({map},-)"));
        let mut holds = format!("{{ var(txn.flagkit_rule),field(1,/) -m str {} }}", names(&known));
        for at in 0..known.len() {
            let field = at + 2;
            lines.extend([
                format!("http-request set-var(txn.flagkit_want{at}) var(txn.flagkit_rule),field({field},/)"),
                format!(
                    "http-request set-var(txn.flagkit_want{at}) var(txn.flagkit_have{at}) if {{ var(txn.flagkit_want{at}) -m str {ANY} }}"
                ),
            ]);
            let _ =
                write!(holds, " {{ var(txn.flagkit_have{at}),strcmp(txn.flagkit_want{at}) eq 0 }}");
        }
        lines.push(format!("http-request set-var(txn.flagkit_arm) str({arm}) if {holds}"));
    }
    lines
}

fn names(known: &BTreeSet<Part>) -> String {
    known.iter().map(Part::name).collect::<Vec<String>>().join(",")
}

/// As HAProxy's converter `hex` writes bytes.
fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02X}");
        digits
    })
}

/// What a rule asks of a header that it does not name.
const ANY: &str = "any";
