use super::*;

const NOON_MS: u64 = 1_796_904_000_000;

#[test]
fn times_are_said_as_people_say_them() {
    assert_eq!(whole(NOON_MS), "2026-12-10 12:00:00 UTC");
    assert_eq!(whole(NOON_MS + 999), "2026-12-10 12:00:00 UTC");
    assert_eq!(clock(NOON_MS + 61_000), "12:01:01");
    for (before_ms, expected) in [
        (0, "just now"),
        (59_999, "just now"),
        (60_000, "1 min ago"),
        (3_599_999, "59 min ago"),
        (7_200_000, "2 h ago"),
        (86_400_000, "2026-12-09 12:00:00 UTC"),
    ] {
        assert_eq!(ago(NOON_MS - before_ms, NOON_MS), expected);
    }
    assert_eq!(ago(NOON_MS + 1, NOON_MS), "2026-12-10 12:00:00 UTC");
}
