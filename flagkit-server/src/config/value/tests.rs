use std::time::Duration;

use super::{address, number, origins, switch, time, url};

#[test]
fn an_address_is_an_ip_and_a_port() {
    assert_eq!(address("localhost:80").unwrap().to_string(), "127.0.0.1:80");
    assert_eq!(address("[::1]:80").unwrap().to_string(), "[::1]:80");
    for wrong in ["", ":80", "80", "example.com:80", "127.0.0.1"] {
        assert!(address(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_time_has_a_unit_or_is_in_seconds() {
    let bounds = (Duration::from_millis(100), Duration::from_secs(3600));
    let cases =
        [("500ms", 500), ("15s", 15_000), ("15", 15_000), ("2m", 120_000), ("1h", 3_600_000)];
    for (text, ms) in cases {
        assert_eq!(time(text, bounds.0, bounds.1), Ok(Duration::from_millis(ms)), "{text}");
    }
    for wrong in [
        "",
        "s",
        "1.5s",
        "-1s",
        "99ms",
        "2h",
        "1d",
        "99999999999999999999s",
        "9999999999999999999h",
    ] {
        assert!(time(wrong, bounds.0, bounds.1).is_err(), "{wrong}");
    }
}

#[test]
fn numbers_have_bounds_that_are_included() {
    assert_eq!(number("1", 1, 5), Ok(1));
    assert_eq!(number("5", 1, 5), Ok(5));
    for wrong in ["0", "6", "", "five", "2.0"] {
        assert!(number(wrong, 1, 5).is_err(), "{wrong}");
    }
}

#[test]
fn a_switch_without_a_value_is_on() {
    assert_eq!(switch(""), Ok(true));
    assert_eq!(switch("off"), Ok(false));
    assert!(switch("maybe").is_err());
}

#[test]
fn a_url_is_of_the_web_and_ends_without_slash() {
    assert_eq!(url("https://flags.example.com/").unwrap(), "https://flags.example.com");
    for wrong in ["flags.example.com", "https://", "http:///path", "https://a b"] {
        assert!(url(wrong).is_err(), "{wrong}");
    }
    assert_eq!(origins("*").unwrap(), ["*"]);
    assert_eq!(origins("https://a.example, http://localhost:3000").unwrap().len(), 2);
    assert_eq!(origins("").unwrap(), Vec::<String>::new());
    assert!(origins("a.example").is_err());
}
