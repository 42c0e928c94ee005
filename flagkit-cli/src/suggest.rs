//! "Did you mean …?" for the keys of flags, and other names.

use flagkit_core::Snapshot;

use crate::failure::Failure;

/// The failure of a command that was asked about a flag that does not exist.
pub(crate) fn no_such_flag(snapshot: &Snapshot, key: &str, file: &str) -> Failure {
    let keys = snapshot.flags().map(flagkit_core::Flag::key);
    let hint = closest(key, keys).map(|other| format!("; did you mean `{other}`?"));
    Failure::input(format_args!("{file} has no flag `{key}`{}", hint.unwrap_or_default()))
}

/// The known word with the fewest edits to this one, at most two.
pub(crate) fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let close = known.filter(|other| other.len().abs_diff(word.len()) <= EDITS_MAX * CHARACTER_MAX);
    let measured = close.map(|other| (strsim::damerau_levenshtein(word, other), other));
    // Two edits turn any word of two letters into any other one.
    let near = measured.filter(|(edits, other)| *edits <= EDITS_MAX && *edits < other.len());
    near.min().map(|(_, other)| other)
}

const EDITS_MAX: usize = 2;
/// Bytes of a character in UTF-8.
const CHARACTER_MAX: usize = 4;

#[cfg(test)]
mod tests;
