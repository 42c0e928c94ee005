use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::*;

/// All characters that Unicode's simple case folding holds to be the same letter.
fn same_letter(character: char) -> ClassUnicode {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(character, character)]);
    class.try_case_fold_simple().unwrap();
    class
}

/// Pairs of Unicode 17, which the standard library knows and `regex-syntax` does not yet.
fn is_new(character: char) -> bool {
    matches!(character, '\u{a7ce}'..='\u{a7d5}' | '\u{16ea0}'..='\u{16ed3}')
}

#[test]
fn folding_pairs_exactly_the_characters_that_unicode_pairs() {
    for character in ('\0'..=char::MAX).filter(|character| !is_new(*character)) {
        let class = same_letter(character);
        let folded = fold_character(character);
        let mut others = class.ranges().iter().flat_map(|range| range.start()..=range.end());
        assert!(others.all(|other| fold_character(other) == folded), "{character:?}");
        let is_same = class.ranges().iter().any(|r| (r.start()..=r.end()).contains(&folded));
        assert!(is_same, "{character:?} folds to {folded:?}");
    }
}

#[test]
fn parts_are_found_without_regard_to_case() {
    let case = Case::Insensitive;
    assert!(case.equal("ΣΊΣΥΦΟΣ", "σίσυφος"));
    assert!(case.starts_with("Ärger", "äR"));
    assert!(case.ends_with("Max@EXAMPLE.com", "@example.COM"));
    assert!(case.contains("one Two three", "TWO"));
    assert!(case.contains("", ""));
    assert!(!case.contains("short", "shorter"));
    assert!(!case.equal("straße", "STRASSE"));
}

#[test]
fn lowered_text_compares_as_the_standard_library_lowers_it() {
    let texts =
        ["ΟΔΟΣ", "οδος", "Σ", "σ", "İs", "i̇S", "\u{307}", "STRASSE", "straße", "ẞ", "ß", "K", ""];
    for text in texts {
        for part in texts {
            let (left, right) = (text.to_lowercase(), part.to_lowercase());
            let case = Case::Lowered;
            assert_eq!(case.equal(text, part), left == right, "{text} {part}");
            assert_eq!(case.starts_with(text, part), left.starts_with(&right), "{text} {part}");
            assert_eq!(case.ends_with(text, part), left.ends_with(&right), "{text} {part}");
            assert_eq!(case.contains(text, part), left.contains(&right), "{text} {part}");
        }
    }
}

#[test]
fn texts_are_the_same_if_every_byte_is() {
    for len in 0..40 {
        let text = "abcdefghij".repeat(4)[..len].to_owned();
        assert!(is_same(&text, &text.clone()));
        assert!(!is_same(&text, &format!("{text}x")));
        for place in 0..len {
            let mut other = text.clone().into_bytes();
            other[place] = b'#';
            assert!(!is_same(&text, std::str::from_utf8(&other).unwrap()), "byte {place} of {len}");
        }
    }
}
