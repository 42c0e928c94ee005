//! Vendor words in the core: there are none, not even in comments.
//!
//! The core has one model. What is special to a vendor is a field with a meaning of
//! its own, documented without the name of who asked for it; which vendor sets the
//! field is written in `docs/dialects`.

use super::{Facts, Violation};

/// Looks at every file below `flagkit-core/src`, tests and comments included.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in facts.tree.files.iter().filter(|file| file.path.starts_with("flagkit-core/src/")) {
        for (text, line) in file.text.lines().zip(1..) {
            let lower = text.to_ascii_lowercase();
            let found = VENDOR_WORDS.iter().filter(|word| has_word(text, &lower, word));
            violations.extend(found.map(|word| {
                let what = format!("the vendor word `{word}` is in the core");
                Violation::new(&file.path, line, what, "say what it means instead of whose it is")
            }));
        }
    }
    violations
}

/// The names of flag management systems, and of their evaluators.
const VENDOR_WORDS: &[&str] = &[
    "unleash",
    "launchdarkly",
    "flagsmith",
    "configcat",
    "split.io",
    "splitio",
    "flagd",
    "growthbook",
    "eppo",
    "flipt",
    "statsig",
    "yggdrasil",
];

/// Whether the text contains the word; `EppoShard` and `eppo_shard` do, `unleashed` does not.
fn has_word(text: &str, lower: &str, word: &str) -> bool {
    lower.match_indices(word).any(|(begin, _)| {
        let end = begin + word.len();
        let before = text.get(..begin).and_then(|text| text.chars().next_back());
        let first = text.get(begin..).and_then(|text| text.chars().next());
        let last = text.get(..end).and_then(|text| text.chars().next_back());
        let after = text.get(end..).and_then(|text| text.chars().next());
        is_border(before, first) && is_border(last, after)
    })
}

/// Whether a word can end between two characters: where a name of Rust begins a new word, too.
fn is_border(left: Option<char>, right: Option<char>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return true;
    };
    if !left.is_alphanumeric() || !right.is_alphanumeric() {
        return true;
    }
    (left.is_lowercase() && right.is_uppercase()) || left.is_numeric() || right.is_numeric()
}

#[cfg(test)]
mod tests;
