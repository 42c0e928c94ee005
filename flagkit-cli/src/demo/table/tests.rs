use super::*;

#[test]
fn bars_have_one_width_and_grow_by_eighths() {
    for (part, expected) in
        [(0, ""), (1, "▏"), (500, "██████"), (510, "██████▏"), (1000, "████████████")]
    {
        let bar = bar(part, 1000);
        assert_eq!(bar.chars().count(), 12);
        assert_eq!(bar.trim_end(), expected, "{part}");
    }
}

#[test]
fn only_nobody_is_nought_and_only_everybody_is_all() {
    for (part, expected) in
        [(0, "0.0 %"), (1, "<0.1 %"), (12_345, "12.3 %"), (99_999, ">99.9 %"), (100_000, "100.0 %")]
    {
        assert_eq!(percent(part, 100_000), expected);
    }
    assert_eq!(percent(0, 0), "0.0 %");
}
