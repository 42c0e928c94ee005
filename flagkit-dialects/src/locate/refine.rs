//! From a flag and a text to the place in the flag where that text stands.

use super::Place;
use super::spot::{Inside, Spot};

/// The path within a flag or segment, and the place, of the text that is at fault.
///
/// The whole text of a value or key is looked for first, then a part of one: a name inside a
/// line of the condition language.
pub(super) fn find_text(flag: &Spot<'_>, about: &str) -> Option<(String, Place)> {
    let is_whole = |text: &str| text == about;
    let is_inside = |text: &str| text.contains(about);
    search(flag, &is_whole, true).or_else(|| search(flag, &is_inside, true))
}

/// Depth first, in document order; the path comes together on the way back.
fn search(
    spot: &Spot<'_>,
    is_wanted: &dyn Fn(&str) -> bool,
    is_flag: bool,
) -> Option<(String, Place)> {
    match spot.inside() {
        Inside::Scalar(text) => is_wanted(&text).then(|| (String::new(), spot.place())),
        Inside::List(items) => items.iter().enumerate().find_map(|(place, item)| {
            let (path, found) = search(item, is_wanted, false)?;
            Some((format!("[{place}]{path}"), found))
        }),
        Inside::Map(entries) => entries.iter().find_map(|entry| {
            if is_flag && NOTES.contains(&&*entry.key) {
                return None;
            }
            let (path, found) = match search(&entry.spot, is_wanted, false) {
                None if is_wanted(&entry.key) => (String::new(), entry.place),
                found => found?,
            };
            Some((format!(".{}{path}", entry.key), found))
        }),
    }
}

/// What refers to nothing, at the top of a flag.
const NOTES: [&str; 8] =
    ["name", "description", "default", "tags", "metadata", "variants", "created_at", "updated_at"];
