use super::*;

#[test]
fn what_cannot_be_answered_is_said_to_be_unsupported() {
    for (line, id, why) in [
        (r#"{"id": 3, "vendor": "nobody"}"#, "3", "the vendor `nobody` is unknown"),
        (r#"{"id": "b"}"#, "\"b\"", "the case names no vendor"),
        ("7", "null", "the case names no vendor"),
    ] {
        let answer = answer(line.as_bytes(), &Suite::new(Path::new("")));
        assert_eq!(answer["id"].to_string(), id, "{line}");
        assert_eq!(answer["unsupported"], why, "{line}");
        assert!(answer.get("result").is_none(), "{line}");
    }
    let broken = answer(b"{", &Suite::new(Path::new("")));
    assert!(broken["unsupported"].as_str().unwrap().starts_with("the case is not JSON"));
}

#[test]
fn vendors_are_sorted_and_there_once() {
    assert!(RUNNERS.is_sorted_by(|(left, _), (right, _)| left < right));
}
