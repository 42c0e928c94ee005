use super::*;

#[test]
fn times_have_a_unit() {
    for (text, seconds) in [("45s", 45), ("90m", 5_400), ("12h", 43_200), (" 30d", 2_592_000)] {
        assert_eq!(span(text), Ok(Duration::from_secs(seconds)), "{text}");
    }
    for text in ["", "1", "d", "-1d", "1.5h", "1w", "99999999999999999999d", "9999999999999999d"] {
        assert!(span(text).is_err(), "{text}");
    }
}

#[test]
fn patience_is_a_number_of_seconds() {
    assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
    assert_eq!(seconds("10s"), Ok(Duration::from_secs(10)));
    for text in ["", "0", "-1", "ten", "1e9", "NaN"] {
        assert!(seconds(text).is_err(), "{text}");
    }
}

#[test]
fn keys_are_not_shown() {
    let secret: Secret = " fk_admin_x ".parse().unwrap_or_else(|never| match never {});
    assert_eq!(secret.reveal(), "fk_admin_x");
    assert!(!format!("{secret:?}").contains("fk_admin_x"));
}
