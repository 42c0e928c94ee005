use super::*;

fn is(left: &str, order: Order, right: &str) -> bool {
    let [left, right] = [left, right].map(|text| LenientVersion::parse(text).unwrap());
    left.is(order, &right)
}

#[test]
fn three_numbers_are_needed_and_nothing_may_be_empty() {
    for text in ["1.2.3", "01.002.3", " 1.2.3", "1_0.2.3", "1.2.3-rc..1", "1.2.3-a+b+c", "1.2.3--"]
    {
        assert!(LenientVersion::parse(text).is_some(), "{text}");
    }
    let too_large = "18446744073709551616.0.0";
    for text in
        ["", "1", "1.2", "1.2.3.4", "1.2.x", "1.2.3-", "1.2.3+", "v1.2.3", "+1.2.3", too_large]
    {
        assert!(LenientVersion::parse(text).is_none(), "{text}");
    }
}

#[test]
fn order_ignores_build_metadata_and_equality_does_not() {
    assert!(is("1.1.1", Order::LessOrEqual, "1.1.1+b"));
    assert!(is("1.1.1", Order::GreaterOrEqual, "1.1.1+b"));
    assert!(!is("1.1.1", Order::Equal, "1.1.1+b"));
    assert!(is("1.01.1-rc.07+b", Order::Equal, "1.1.1-rc.7+b"));
}

#[test]
fn labels_compare_identifier_by_identifier() {
    let ascending = [
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-rc.1",
        "1.0.0",
    ];
    for pair in ascending.windows(2) {
        assert!(is(pair[0], Order::Less, pair[1]), "{pair:?}");
        assert!(is(pair[1], Order::Greater, pair[0]), "{pair:?}");
    }
    // As text: SemVer would put the number first.
    assert!(is("1.0.0--a", Order::Less, "1.0.0-1"));
}
