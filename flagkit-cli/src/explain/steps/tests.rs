use super::*;

#[test]
fn lines_break_at_blanks() {
    assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
    assert_eq!(wrapped("incomprehensibilities a b", 5), ["incomprehensibilities", "a b"]);
    assert_eq!(wrapped("", 5), [""]);
}
