//! Comparing text once it is in lower case.
//!
//! This is the full mapping of Unicode, which may change the length of a text, not the folding
//! of [`Case`](crate::text::Case): `ſ` is not `s`.

/// Whether this is the text in lower case.
pub(crate) fn is_lowercase_of(lowercase: &str, text: &str) -> bool {
    // What a capital sigma becomes depends on whether it ends a word.
    if text.contains('Σ') {
        return text.to_lowercase() == lowercase;
    }
    text.chars().flat_map(char::to_lowercase).eq(lowercase.chars())
}
