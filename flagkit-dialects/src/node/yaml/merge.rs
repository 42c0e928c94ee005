//! The merge key: `<<: *base` puts the entries of another map into this one.
//!
//! An entry that the map has itself wins over a merged one, and of a list of maps
//! the earlier wins. Merged entries stand where the merge key stood.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::node::{Draft, DraftEntry};

/// The entries with the maps merged in that are at these places.
pub(super) fn entries<'a>(
    entries: Vec<DraftEntry<'a>>,
    merges: &[usize],
) -> Result<Vec<DraftEntry<'a>>, String> {
    // The places are in order, and a hostile map has millions of them.
    let is_merge = |place: &usize| merges.binary_search(place).is_ok();
    let own = entries.iter().enumerate().filter(|(place, _)| !is_merge(place));
    let mut names: HashSet<Cow<'a, str>> = own.map(|(_, (key, _))| key.clone()).collect();
    let mut joined = Vec::with_capacity(entries.len());
    for (place, (key, value)) in entries.into_iter().enumerate() {
        if !is_merge(&place) {
            joined.push((key, value));
            continue;
        }
        let inherited = maps(value)?.into_iter().flatten();
        joined.extend(inherited.filter(|(key, _)| names.insert(key.clone())));
    }
    Ok(joined)
}

fn maps(value: Draft<'_>) -> Result<Vec<Vec<DraftEntry<'_>>>, String> {
    match value {
        Draft::Map(entries) => Ok(vec![entries]),
        Draft::List(items) => {
            let lists = items.into_iter().map(maps).collect::<Result<Vec<_>, _>>()?;
            Ok(lists.into_iter().flatten().collect())
        }
        other => Err(format!("`<<` needs a map or a list of maps, not {}", other.kind())),
    }
}
