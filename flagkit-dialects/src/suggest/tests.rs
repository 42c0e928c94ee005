use super::*;

#[test]
fn edits_are_counted_as_levenshtein_did() {
    for (left, right, expected) in [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("flaw", "lawn", 2),
        ("enabeld", "enabled", 2),
    ] {
        assert_eq!(edits(left, right), expected, "{left} {right}");
    }
}

#[test]
fn only_close_words_are_suggested() {
    let known = ["enabled", "environments", "salt"];
    assert_eq!(closest("enabeld", known), Some("enabled"));
    assert_eq!(closest("slat", known), Some("salt"));
    assert_eq!(closest("owner", known), None);
    assert_eq!(did_you_mean("owner", known), "");
}
