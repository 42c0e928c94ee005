use serde_json::json;

use super::*;

fn record(text: &str) -> Record {
    let entry = json!({"decided": {"ignored": {"why": text}}});
    serde_json::from_value(json!({"release": "r", "fence": 1, "entry": entry})).unwrap()
}

#[test]
fn an_entry_is_the_bytes_that_the_documentation_says() {
    let mut head = Head::default();
    head.seal(&record("a"), None).unwrap();
    let first = head.hash;
    let bytes = head.seal(&record("b"), Some(0)).unwrap();
    let body = br#"{"release":"r","fence":1,"entry":{"decided":{"ignored":{"why":"b"}}}}"#;
    let mut expected = vec![1, 0];
    expected.extend([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expected.extend([u8::try_from(body.len()).unwrap(), 0, 0, 0]);
    expected.extend(body);
    let hash = Sha256::digest([&first[..], &expected].concat());
    expected.extend(hash);
    assert_eq!(bytes, expected);
    assert_eq!(head, Head { next: 2, hash: hash.into() });
}

#[test]
fn a_format_of_the_future_is_refused_whatever_follows() {
    let mut bytes = Head::default().seal(&record("a"), None).unwrap();
    bytes[0] = 2;
    let refused = Entry::read(&bytes, 0).unwrap_err();
    assert_eq!(refused, JournalError::Newer { format: 2 });
    assert!(refused.to_string().contains("use a newer version, nothing was changed"));
    assert!(matches!(Entry::read(&[9, 9], 0), Err(JournalError::Newer { format: 2313 })));
}

#[test]
fn no_bytes_panic() {
    let bytes = Head::default().seal(&record("a"), None).unwrap();
    for length in 0..bytes.len() {
        assert!(Entry::read(&bytes[..length], 0).is_err());
    }
}
