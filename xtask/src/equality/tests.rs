use super::equal_lines;

#[test]
fn equal_answers_are_counted() {
    assert_eq!(equal_lines(b"a\nb\n", b"a\nb\n"), Ok(2));
    assert!(equal_lines(b"", b"").is_err(), "no answer is no proof");
}

#[test]
fn the_first_difference_is_shown() {
    let said = equal_lines(b"same\nours\n", b"same\ntheirs\n").unwrap_err();
    assert_eq!(said, "line 2\n  ours\n  theirs");
    let said = equal_lines(b"same\nmore\n", b"same\n").unwrap_err();
    assert_eq!(said, "line 2\n  more\n  ");
}
