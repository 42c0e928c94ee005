use super::*;

#[test]
fn numbers_are_never_given_to_anything_else() {
    let reasons = [
        "UNKNOWN",
        "STATIC",
        "DEFAULT",
        "TARGETING_MATCH",
        "SPLIT",
        "DISABLED",
        "PREREQUISITE_FAILED",
        "CACHED",
        "STALE",
        "ERROR",
    ];
    let named = |reason: &Reason| reasons.iter().position(|name| *name == reason.name());
    for (reason, number) in REASONS {
        assert_eq!(named(reason), Some(usize::from(*number)));
    }
    let errors = [
        "PROVIDER_NOT_READY",
        "PROVIDER_FATAL",
        "FLAG_NOT_FOUND",
        "PARSE_ERROR",
        "TYPE_MISMATCH",
        "TARGETING_KEY_MISSING",
        "INVALID_CONTEXT",
        "GENERAL",
    ];
    for (error, number) in ERRORS {
        let place = errors.iter().position(|name| *name == error.name());
        assert_eq!(place.map(|place| place + 1), Some(usize::from(*number)));
    }
    let sources = ["defaults", "bootstrap", "cache", "file", "live"];
    for (origin, number) in ORIGINS {
        assert_eq!(sources.get(usize::from(*number)), Some(&origin.name()));
    }
}

#[test]
fn types_keep_their_numbers() {
    let values = [
        Value::Boolean(true),
        Value::Integer(1),
        Value::Float(0.5),
        Value::from("text"),
        Value::List(vec![].into()),
        Value::from(flagkit::Structure::default()),
        Value::Null,
        Value::Unsigned(u64::MAX),
    ];
    assert_eq!(kind(None), 0);
    for (value, number) in values.iter().zip(1..) {
        assert_eq!(kind(Some(value)), number, "{value}");
    }
}
