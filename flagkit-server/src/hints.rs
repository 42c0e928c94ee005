//! "Did you mean …?": the known word that is closest to an unknown one.

/// `` did you mean `word`? ``; none if no known word is close.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    closest(word, known).map(|known| format!("did you mean `{known}`?"))
}

fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let edits_max = if word.len() < SHORT { 1 } else { 3 };
    let is_close = |other: &&str| other.len().abs_diff(word.len()) <= edits_max;
    let close = known.into_iter().filter(is_close);
    let measured = close.map(|other| (strsim::damerau_levenshtein(word, other), other));
    measured.filter(|(edits, _)| *edits <= edits_max).min().map(|(_, other)| other)
}

/// Below this length, three edits make any word of any other.
const SHORT: usize = 5;

#[cfg(test)]
mod tests;
