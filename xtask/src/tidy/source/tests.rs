//! Comments and texts never become code, whatever they contain.

use super::*;

/// The tokens, joined by spaces.
fn tokens(text: &str) -> String {
    Source::of(text).from(0).collect::<Vec<_>>().join(" ")
}

#[test]
fn texts_and_comments_are_no_code() {
    for (text, expected) in [
        (r#"let a = "unsafe \" dbg!";"#, r#"let a = "" ;"#),
        (r##"f(r#"a " b"#, br"\")"##, r#"f ( "" , "" )"#),
        ("r#type::new()", "r # type :: new ( )"),
        ("a // b\nc", "a c"),
        ("a /* b /* c */ d */ e", "a e"),
        ("a /*/ b */ c", "a c"),
        ("'a' '\\'' '\"' b'x' x", r#""" "" "" b "" x"#),
        ("fn f<'a>(x: &'a str)", "fn f < ' a > ( x : & ' a str )"),
        ("crate::a::{b, c}", "crate :: a :: { b , c }"),
        ("\"open", "\"\""),
        ("/* open", ""),
        ("'", "'"),
        ("\"ü\" ü", "\"\" ü"),
    ] {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn lines_count_through_texts_and_comments() {
    let source = Source::of("a\n\"x\ny\"\n/* p\nq */ b // c\nd");
    let lines: Vec<(usize, &str)> =
        source.tokens.iter().map(|token| (token.line, token.text.as_str())).collect();
    assert_eq!(lines, [(1, "a"), (2, "\"\""), (5, "b"), (6, "d")]);
    assert_eq!(source.comments.iter().map(|comment| comment.line).collect::<Vec<_>>(), [4, 5]);
}

#[test]
fn a_row_of_tokens_is_found_with_its_line() {
    let source = Source::of("use a::b;\nfn b() { a::b() }");
    assert_eq!(source.find(&["a", "::", "b"]).map(|(_, line)| line).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(source.find(&["b", "::", "a"]).count(), 0);
}
