//! From any document to native flags in their exact form.

use std::collections::{HashMap, HashSet};

use flagkit_core::document::{Document, Flag, FlagKeys, References};
use flagkit_core::{Diagnostic, ErrorCode};

use super::Attempt;
use super::build::{map, text};
use crate::dialect::Dialect;
use crate::error::DecodeError;
use crate::native::exact::{KEY, condition_node, flag_node, node_of};
use crate::node::{Draft, DraftEntry};
use crate::settings::Lowered;

/// What conditions refer to and what broken references do: all of the new document but its flags.
pub(super) fn shared(
    vendor: Dialect,
    document: &Document,
) -> Result<Vec<DraftEntry<'static>>, DecodeError> {
    let mut entries: Vec<DraftEntry<'static>> = vec![("contexts".into(), text(vendor.name()))];
    if let Some(revision) = document.revision {
        entries.push(("revision".into(), Draft::Unsigned(revision)));
    }
    if document.references != References::default() {
        entries.push(("references".into(), node_of(&document.references)?));
    }
    if document.flag_keys != FlagKeys::default() {
        entries.push(("flag_keys".into(), node_of(&document.flag_keys)?));
    }
    let mut segments: Vec<DraftEntry<'static>> = Vec::new();
    for segment in last_of_each(&document.segments, |segment| &segment.key) {
        let exact = map([(KEY, condition_node(&segment.when)?)]);
        segments.push((segment.key.clone().into(), exact));
    }
    if !segments.is_empty() {
        entries.push(("segments".into(), Draft::Map(segments)));
    }
    Ok(entries)
}

/// One native flag for each flag, or why there is none.
pub(super) fn flags(document: &Document, diagnostics: &[Diagnostic]) -> Vec<Attempt> {
    let attempt = |flag: &Flag| (flag.key.clone(), self::flag(flag, diagnostics));
    let flags = last_of_each(&document.flags, |flag| &flag.key);
    let mut attempts: Vec<Attempt> = flags.into_iter().map(attempt).collect();
    while leave_out_dependents(&mut attempts) {}
    attempts
}

/// The same attempts, those that failed made in the exact form.
pub(super) fn or_exactly(attempts: Vec<Attempt>, lowered: &Lowered) -> Vec<Attempt> {
    let flags = &lowered.document.flags;
    let known: HashMap<&str, &Flag> = flags.iter().map(|flag| (&*flag.key, flag)).collect();
    let again = |(key, attempt): Attempt| {
        let exactly = |why| {
            let flag = known.get(&*key).filter(|flag| !flag.variants.is_empty());
            flag.map_or(Err(why), |flag| self::flag(flag, &lowered.diagnostics))
        };
        let attempt = attempt.or_else(exactly);
        (key, attempt)
    };
    attempts.into_iter().map(again).collect()
}

/// Of things with one key the last, in the order of the document.
fn last_of_each<T>(things: &[T], key: impl Fn(&T) -> &str) -> Vec<&T> {
    let last: HashMap<&str, usize> =
        things.iter().enumerate().map(|(place, thing)| (key(thing), place)).collect();
    let is_last = |(place, thing): &(usize, &T)| last.get(key(thing)) == Some(place);
    things.iter().enumerate().filter(is_last).map(|(_, thing)| thing).collect()
}

fn flag(flag: &Flag, diagnostics: &[Diagnostic]) -> Result<Draft<'static>, String> {
    if flag.rules == Flag::broken(String::new(), ErrorCode::ParseError).rules {
        let is_about = |found: &&Diagnostic| found.is_error() && found.path.contains(&flag.key);
        let about = diagnostics.iter().find(is_about);
        return Err(about.map_or_else(|| BROKEN.to_owned(), ToString::to_string));
    }
    let exact = flag_node(flag).map_err(|error| error.to_string())?;
    Ok(map([(KEY, exact)]))
}

/// Leaves out every flag that needs one which is left out: without that it would answer
/// differently. Says whether there was one.
fn leave_out_dependents(attempts: &mut [Attempt]) -> bool {
    let missing: HashSet<String> = attempts
        .iter()
        .filter(|(_, attempt)| attempt.is_err())
        .map(|(key, _)| key.clone())
        .collect();
    let mut found = false;
    for (_, attempt) in attempts {
        let needed = attempt.as_ref().ok().and_then(|node| needed_of(node, &missing));
        if let Some(needed) = needed {
            *attempt = Err(format!("it needs the flag `{needed}`, which is not converted"));
            found = true;
        }
    }
    found
}

/// The first of these flags that is a prerequisite somewhere inside.
fn needed_of(node: &Draft<'_>, flags: &HashSet<String>) -> Option<String> {
    match node {
        Draft::List(items) => items.iter().find_map(|item| needed_of(item, flags)),
        Draft::Map(entries) => entries.iter().find_map(|(name, inner)| {
            let flag = match inner.entry("flag") {
                Some(Draft::Text(flag)) if name == "prerequisite" => Some(&**flag),
                _ => None,
            };
            let needed = flag.filter(|flag| flags.contains(*flag));
            needed.map(str::to_owned).or_else(|| needed_of(inner, flags))
        }),
        _ => None,
    }
}

/// The keys of the flags that the native format does not give back unchanged.
pub(super) fn changed<'d>(original: &'d Document, again: &Document) -> HashSet<&'d str> {
    let segments = |of: &Document| {
        let pairs = of.segments.iter().map(|one| (one.key.clone(), one.when.clone()));
        pairs.collect::<HashMap<_, _>>()
    };
    let are_shared_equal =
        again.references == original.references && segments(again) == segments(original);
    let known: HashMap<&str, &Flag> = again.flags.iter().map(|flag| (&*flag.key, flag)).collect();
    let is_equal = |flag: &&Flag| known.get(&*flag.key).is_some_and(|other| other == flag);
    let flags = last_of_each(&original.flags, |flag| &flag.key).into_iter();
    flags.filter(|flag| !(are_shared_equal && is_equal(flag))).map(|flag| &*flag.key).collect()
}

const BROKEN: &str = "it cannot be read; `flagkit validate` says why";
