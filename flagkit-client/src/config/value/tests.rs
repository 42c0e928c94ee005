use super::*;

#[test]
fn times_have_units() {
    let cases = [
        ("500ms", Some(500)),
        ("2s", Some(2_000)),
        ("1.5s", Some(1_500)),
        ("2m", Some(120_000)),
        ("24h", Some(86_400_000)),
        ("0", Some(0)),
        ("2", None),
        ("25h", None),
        ("-1s", None),
        ("s", None),
        ("1.2.3s", None),
        ("9999999999999999999999999h", None),
    ];
    for (text, expected_ms) in cases {
        assert_eq!(time(text).ok(), expected_ms.map(Duration::from_millis), "{text}");
    }
}

#[test]
fn addresses_of_servers_hold_no_keys() {
    assert_eq!(web_address("https://a.b:8080/path/").as_deref(), Ok("https://a.b:8080/path"));
    assert_eq!(web_address("http://[::1]:80").as_deref(), Ok("http://[::1]:80"));
    for wrong in [
        "",
        "a.b",
        "ftp://a",
        "https://",
        "https:///x",
        "http://a b",
        "https://key@a",
        "http://a?k=1",
    ] {
        let why = web_address(wrong).unwrap_err();
        assert!(!why.contains("key@") && !why.contains("k=1"), "{why}");
    }
}
