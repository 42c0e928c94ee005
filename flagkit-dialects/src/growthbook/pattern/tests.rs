//! Expected values were printed by Node 20: `new RegExp(pattern).test(text)`.

use flagkit_core::Context;
use serde_json::json;

use super::super::{Features, User};
use super::*;

fn is_match(operator: &str, pattern: &str, text: &str) -> Option<bool> {
    let condition = json!({ "t": { operator: pattern } }).to_string();
    let user = User::new(Context::anonymous().with("t", text));
    Features::matches(&condition, None, &user).ok()
}

#[test]
fn patterns_match_code_units() {
    for (pattern, text, expected) in [
        ("^a", "ab", true),
        ("b$", "ab\u{a}", false),
        ("[0-9]+", "x5", true),
        ("\\d", "٣", false),
        ("\\w", "é", false),
        ("\\s", "\u{a0}", true),
        ("\\s", "\u{feff}", true),
        ("^.$", "😀", false),
        ("^..$", "😀", true),
        (".", "\u{2028}", false),
        ("^[😀]$", "😀", false),
        ("^[😀]+$", "😀", true),
        ("a{2", "a{2", true),
        ("]", "]", true),
        ("}", "}", true),
        ("\\-", "-", true),
        ("[\\d-x]", "-", true),
        ("(?<year>\\d{4})-", "2024-", true),
        ("[\\u0041-\\u005a]", "Q", true),
        ("\\x41", "A", true),
        ("\\x4", "x4", true),
        ("\\cJ", "\u{a}", true),
        ("\\c1", "\\c1", true),
        ("\\0", "\u{0}", true),
        ("[]", "a", false),
        ("[^]", "\u{a}", true),
        ("\\p{L}", "p{L}", true),
        ("a|", "", true),
        ("\\bworld\\b", "a world!", true),
        ("\\bé", "é", false),
        ("\\Ba", "ba", true),
        ("\\Ba", "a", false),
        ("(?=b)b", "b", true),
        ("a(?!b)", "ab", false),
        ("a(?!b)", "ac", true),
        ("(?<=€)\\d", "€5", true),
        ("(?<!€)\\d", "€5", false),
        ("\\ud83d", "😀", true),
        ("[\\ud83d-\\udfff]{2}", "😀", true),
        ("\\u{61}", "a", false),
        ("\\u{3}", "uuu", true),
        ("\\8", "8", true),
        ("\\101", "A", true),
        ("[\\b]", "\u{8}", true),
        ("x*y+?z??", "xy", true),
        ("(a)(b)\\3", "ab\u{3}", true),
        ("/", "a/b", true),
        ("a\\/b", "a/b", true),
        ("^(?:a|b){1,2}$", "ab", true),
        ("[a-c-e]", "-", true),
        ("[^\\W]", "é", false),
    ] {
        assert_eq!(is_match("$regex", pattern, text), Some(expected), "{pattern} {text:?}");
    }
}

#[test]
fn case_is_folded_one_unit_at_a_time() {
    for (pattern, text, expected) in [
        ("straSSe", "STRASSE", true),
        ("ß", "ẞ", false),
        ("ſ", "s", false),
        ("k", "\u{212a}", false),
        ("σ", "ς", true),
        ("[a-z]", "Q", true),
        ("[^a]", "A", false),
        ("é", "É", true),
        ("ı", "I", false),
        ("\\w", "ſ", false),
        ("å", "\u{212b}", false),
        ("[à-þ]", "Ö", true),
        ("ǆ", "ǅ", true),
    ] {
        assert_eq!(is_match("$regexi", pattern, text), Some(expected), "{pattern} {text:?}");
    }
}

#[test]
fn a_pattern_that_is_none_matches_nothing_and_neither_does_its_opposite() {
    for pattern in [
        "[",
        "(",
        "*",
        "+",
        "a**",
        "(?i)a",
        ")",
        "a{2,1}",
        "[b-a]",
        "\\",
        "(?<a>)(?<a>)",
        "^*",
        "(?<=a)*",
        "{2}",
        "(?<1>a)",
        "(?",
        "a{1}{2}",
        "[\\",
    ] {
        assert_eq!(
            operator(pattern, Letters::AsWritten).unwrap_err(),
            Refused::Invalid,
            "{pattern}"
        );
        assert_eq!(is_match("$regex", pattern, "a"), Some(false));
        assert_eq!(is_match("$notRegex", pattern, "a"), Some(false));
    }
}

#[test]
fn references_back_are_refused_and_the_condition_fails() {
    for pattern in ["(a)\\1", "(?<n>a)\\k<n>", "a{9999999999}"] {
        let refused = operator(pattern, Letters::AsWritten).unwrap_err();
        assert!(matches!(refused, Refused::Unsupported(_)), "{pattern}");
        assert_eq!(is_match("$regex", pattern, "aa"), None);
    }
}
