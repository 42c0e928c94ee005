//! "Did you mean …?": the known word that is closest to an unknown one.

/// ``; did you mean `word`?``, or nothing if no known word is close.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(word, known).map_or_else(String::new, |known| format!("; did you mean `{known}`?"))
}

/// The known word with the fewest edits to this one, at most two.
///
/// ```
/// assert_eq!(flagkit_dialects::closest("stauts", ["status", "body"]), Some("status"));
/// assert_eq!(flagkit_dialects::closest("other", ["status", "body"]), None);
/// ```
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let close = known.into_iter().filter(|other| other.len().abs_diff(word.len()) <= EDITS_MAX);
    let measured = close.map(|other| (edits(word, other), other));
    // Two edits turn any word of two letters into any other one.
    let near = measured.filter(|(edits, other)| *edits <= EDITS_MAX && *edits < other.len());
    near.min_by_key(|(edits, _)| *edits).map(|(_, other)| other)
}

/// The Levenshtein distance.
fn edits(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (above, wanted) in left.chars().enumerate() {
        let (mut diagonal, mut previous) = (above, above + 1);
        for (cell, character) in row.iter_mut().skip(1).zip(right.chars()) {
            let exchanged = diagonal + usize::from(wanted != character);
            diagonal = *cell;
            *cell = exchanged.min(diagonal + 1).min(previous + 1);
            previous = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

const EDITS_MAX: usize = 2;

#[cfg(test)]
mod tests;
