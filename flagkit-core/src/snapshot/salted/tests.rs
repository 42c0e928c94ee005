use super::*;

// printf 'abcsalt' | sha256sum, and the same with `ab` and `bc` before the salt.
const ABC: &str = "169b3a2b0977ebee2eb1fd392c6aa470a3281d439ff32f20baea7309d7f40eec";
const AB: &str = "fa9a04e6c616a0af029614d345a8b92b4c6e1c88d083ea21e5dade2a10b6fbd4";
const BC: &str = "a4cf8c52df6e21091ed0651ebc8630ab8b90dba7e34d3ca54e2fb56cae46f083";

#[test]
fn a_text_is_found_by_its_digest_with_the_salt() {
    let digests = Digests::new("salt", [ABC, AB].into_iter());
    assert!(digests.contain(b"abc") && digests.contain(b"ab"));
    assert!(!digests.contain(b"abcd") && !digests.contain(b""));
    assert!(!Digests::new("other", [ABC].into_iter()).contain(b"abc"));
}

#[test]
fn what_is_no_digest_matches_nothing() {
    let upper = ABC.to_uppercase();
    let digests = Digests::new("salt", ["", "abc", &upper, &ABC[1..]].into_iter());
    assert!(!digests.contain(b"abc"));
    assert_eq!(digests.len(), 0);
}

#[test]
fn affixes_are_taken_by_their_length_in_bytes() {
    let starts = AffixDigests::new("salt", vec![(3, ABC.to_owned()), (2, AB.to_owned())]);
    assert!(starts.start("abx") && starts.start("ab"));
    assert!(!starts.start("a") && !starts.start("xab"));
    let ends = AffixDigests::new("salt", vec![(2, BC.to_owned())]);
    assert!(ends.end("abc") && ends.end("bc") && !ends.end("c") && !ends.end("bcé"));
    // A length in the middle of a character takes bytes that are no text, and matches nothing.
    assert!(!ends.end("é") && !starts.start("aé"));
    assert_eq!((starts.len(), ends.len()), (2, 1));
}
