//! Whole words, in every spelling.

use super::*;
use crate::tidy::tests::files;

#[test]
fn words_are_found_in_every_spelling() {
    for (text, expected) in [
        ("// As LaunchDarkly does.", 1),
        ("fn unleash_bucket() {}", 1),
        ("struct EppoShard;", 1),
        ("let x = STATSIG;", 1),
        ("//! like split.io", 1),
        ("flagd2, GrowthBook", 2),
        ("let unleashed = 1;", 0),
        ("steppo, flagdom, UNLEASHED", 0),
        ("split.iota", 0),
        ("ü flagd ü", 1),
    ] {
        let facts = files(&[("flagkit-core/src/value/tests.rs", text)]);
        assert_eq!(check(&facts).len(), expected, "{text}");
    }
}

#[test]
fn other_crates_may_name_vendors() {
    let facts = files(&[("flagkit-dialects/src/unleash.rs", "// unleash")]);
    assert!(check(&facts).is_empty());
}
