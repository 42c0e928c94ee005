use super::*;

#[test]
fn at_most_two_edits_are_a_typing_error() {
    let known = ["new-checkout", "new-search", "ab"];
    for (word, expected) in [
        ("new-chekcout", Some("new-checkout")),
        ("new_search", Some("new-search")),
        ("newsearch", Some("new-search")),
        ("nw-serch", Some("new-search")),
        ("checkout", None),
        ("xy", None),
    ] {
        assert_eq!(closest(word, known.into_iter()), expected, "{word}");
    }
}
