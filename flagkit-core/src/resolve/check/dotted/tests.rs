use super::compare;
use crate::document::Order;

#[test]
fn numbers_are_compared_one_by_one() {
    for (text, expected) in [
        ("1.10", Some(true)),
        ("1.9.0", Some(false)),
        ("1.9.0.1", Some(true)),
        ("2-beta", Some(true)),
        (" 1. 10 ", Some(true)),
        ("2.x", Some(true)),
        ("1.x", None),
        ("1.9.x", None),
        ("-1", None),
        ("", None),
    ] {
        assert_eq!(compare(Order::Greater, text, "1.9"), expected, "{text}");
    }
    assert_eq!(compare(Order::Equal, "1", "1.0.0"), Some(true));
}
