use super::*;

#[test]
fn a_rule_has_one_name_whatever_the_case_and_order_of_its_headers() {
    let parts = |headers: [(&str, &str); 2]| {
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        parts(&headers.into()).unwrap()
    };
    let one = key("shop", "canary", &parts([("X-Canary", "a b"), ("cookie:beta", "1")]));
    assert_eq!(one, key("shop", "canary", &parts([("cookie:beta", "1"), ("x-canary", "a b")])));
    assert_eq!(one, "flagkit.shop.headers/canary/x-canary=a%20b&cookie:beta=1");
}

#[test]
fn only_the_rules_of_the_arm_are_switched_off() {
    let there = [
        "flagkit.shop.canary",
        "flagkit.shop.headers/canary/x=1",
        "flagkit.shop.headers/canary2/x=1",
        "flagkit.cart.headers/canary/x=1",
    ];
    let there = there.map(str::to_owned);
    let wanted = parts(&[("x".to_owned(), "2".to_owned())].into()).unwrap();
    let switches = switches(("shop", "canary"), &wanted, there);
    let expected =
        [("flagkit.shop.headers/canary/x=1", 0), ("flagkit.shop.headers/canary/x=2", WHOLE)];
    assert_eq!(switches, expected.map(|(name, ppm)| (name.to_owned(), ppm)));
}

#[test]
fn a_value_is_no_expression() {
    assert_eq!(literal("a.b*(c)|-_ä9"), r"a\.b\*\(c\)\|\-\_ä9");
}
