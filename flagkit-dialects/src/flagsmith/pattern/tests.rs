use super::{Engine, translate};

fn linear(pattern: &str) -> Option<String> {
    let translated = translate(pattern).unwrap();
    (translated.engine == Engine::Linear).then_some(translated.source)
}

#[test]
fn plain_patterns_stay_with_the_linear_engine() {
    for (pattern, expected) in [
        (r"^[a-z]+$", r"\A[a-z]+(?:\n?\z)"),
        (r"foo$|bar$", r"foo(?:\n?\z)|bar(?:\n?\z)"),
        (r"x{,5}", r"x{0,5}"),
        (r"x{5}y{2,}", r"x{5}y{2,}"),
        (r"a{b}", r"a\{b\}"),
        (r"[]a]", r"[\]a]"),
        (r"[[&&]", r"[\[\&\&]"),
        (r"[\b]", "[\u{8}]"),
        (r"\Apro\Z", r"\Apro\z"),
        (r"(?P<n>x)(?#note)", "(x)"),
        (r"(?i)PRO", "(?i)PRO"),
        (r"(?i:a)b", "(?i:a)b"),
        (r"\x41\u00e9\101", "Aé\u{41}"),
        (r"\s", r"[\s\x1c-\x1f]"),
    ] {
        assert_eq!(linear(pattern).as_deref(), Some(expected), "{pattern}");
    }
}

#[test]
fn looking_around_or_back_needs_the_other_engine() {
    for pattern in
        [r"p(?=r)", r"(?<!a)b", r"(.)\1", r"(?P<q>.)(?P=q)", r"a$b", r"a++", r"\b", r"(?>a)"]
    {
        assert_eq!(linear(pattern), None, "{pattern}");
    }
    assert_eq!(linear(r"a\++").as_deref(), Some(r"a\++"));
}

#[test]
fn what_neither_engine_says_is_an_error() {
    for pattern in [
        r"(?(1)a|b)",
        r"(?x)a",
        r"(?i)(.)\1",
        r"\q",
        r"(a",
        r"a)",
        r"[a",
        r"\1",
        r"[z-a]",
        r"a(?i)",
    ] {
        assert!(translate(pattern).is_err(), "{pattern}");
    }
}
