use proptest::prelude::*;
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};

use super::PlainPattern;

/// The engine's answer.
fn engine(source: &str, text: &str, from_start: bool) -> bool {
    let regex = Regex::new(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let anchored = if from_start { Anchored::Yes } else { Anchored::No };
    regex.is_match(Input::new(text).anchored(anchored))
}

#[test]
fn what_is_plain() {
    for source in
        ["", "a", "iphone1[0-9]", r"@example\.com$", "^beta-.*$", "^.*x", "ü.[a-z_]", "a.*"]
    {
        assert!(PlainPattern::parse(source).is_some(), "{source}");
    }
    for source in [
        "a+", "a|b", "(a)", "a{2}", r"\d", "[^a]", "[a-", "[]", ".*?a", "a.*b", "a$b", "^^a",
        "[z-a]", "[a&&b]", r"\<a",
    ] {
        assert!(PlainPattern::parse(source).is_none(), "{source}");
    }
}

#[test]
fn a_few_by_hand() {
    let matches = |source: &str, text: &str| {
        PlainPattern::parse(source).is_some_and(|pattern| pattern.matches(text, false))
    };
    assert!(matches("iphone1[0-9]", "my iphone15"));
    assert!(!matches("iphone1[0-9]", "iphone1x"));
    assert!(matches(r"@example\.com$", "a@example.com"));
    assert!(!matches(r"@example\.com$", "a@example.com.org"));
    assert!(matches("^.*b$", "aab") && !matches("^.*b$", "a\nb"));
    assert!(matches("^ü.$", "üß") && !matches("^.$", "ab"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn plain_patterns_mean_what_they_mean_to_the_engine(
        source in r"\^?(\.\*)?([ab@ü.\n-]|\\[.$@/-]|\[[abü_.-]{1,3}\]|\[a-c\]|\[-b\]){0,4}(\.\*)?\$?",
        text in "[abc@ü.$/_\n-]{0,8}",
        from_start: bool,
    ) {
        if let Some(pattern) = PlainPattern::parse(&source) {
            prop_assert_eq!(
                pattern.matches(&text, from_start),
                engine(&source, &text, from_start),
                "{:?} in {:?}", source, text
            );
        }
    }
}
