use super::*;

#[test]
fn control_characters_are_spelled_out() {
    assert_eq!(printable("plain text\n"), "plain text\n");
    assert_eq!(printable("\u{1b}[2Jgone"), "\\u{1b}[2Jgone");
    assert_eq!(printable("a\rb\u{9b}c"), "a\\rb\\u{9b}c");
}

#[test]
fn numbers_are_grouped_by_thousands() {
    for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
        assert_eq!(grouped(number), text);
    }
    assert_eq!(counted(1, "flag"), "1 flag");
    assert_eq!(counted(1000, "flag"), "1,000 flags");
}
