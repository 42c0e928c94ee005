//! Versions as text that sorts: `v1.2.10+build` is `    1-    2-   10-~`.

use std::cmp::Ordering;
use std::iter;

use super::text::with_text;
use crate::value::ValueRef;

/// Compares the version that a value is with one in text.
///
/// Values that are neither text nor number, and empty text, are version `0`.
pub(crate) fn compare_versions(value: ValueRef<'_>, version: &str) -> Ordering {
    let ordering = |text: &str| units(text).cmp(units(version));
    match value {
        ValueRef::Integer(_) | ValueRef::Unsigned(_) | ValueRef::Float(_) => {
            with_text(value, ordering)
        }
        ValueRef::String(text) => ordering(text),
        _ => ordering(ZERO),
    }
}

/// The code units of the text that sorts.
fn units(version: &str) -> impl Iterator<Item = u16> {
    let version = if version.is_empty() { ZERO } else { version };
    let parts = without_decoration(version).split(['-', '.']);
    // Above every label, so that a release sorts behind its pre-releases.
    let released = (parts.clone().count() == 3).then_some("~");
    parts.chain(released).enumerate().flat_map(|(place, part)| {
        let separator = (place > 0).then_some(u16::from(b'-'));
        separator.into_iter().chain(padding(part)).chain(part.encode_utf16())
    })
}

fn padding(part: &str) -> impl Iterator<Item = u16> {
    let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let missing = if is_number { WIDTH.saturating_sub(part.len()) } else { 0 };
    iter::repeat_n(u16::from(b' '), missing)
}

/// Without a `v` in front and without build metadata, which reaches from a `+` to the end and
/// over no line end.
fn without_decoration(version: &str) -> &str {
    let last_line = version.rfind(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or_default();
    let build = version.get(last_line..).and_then(|line| line.find('+'));
    let end = build.map_or(version.len(), |start| last_line + start);
    let kept = version.get(..end).unwrap_or(version);
    kept.strip_prefix('v').unwrap_or(kept)
}

const ZERO: &str = "0";
const WIDTH: usize = 5;
