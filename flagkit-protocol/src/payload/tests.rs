use serde_json::value::RawValue;

use super::{Delta, Document, Snapshot};
use crate::Checksum;

const DOCUMENT: &str = r#"{"environment":"production","schema":"flagkit/1","segments":{"staff":{"members":["a"]}},"flags":{"a":{"enabled":true},"b":{"enabled":false}}}"#;

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

#[test]
fn a_document_is_taken_apart_and_put_together() {
    let document = Document::parse(DOCUMENT).unwrap();
    assert_eq!(document.flags["a"].get(), r#"{"enabled":true}"#);
    assert_eq!(document.settings.len(), 2);
    assert_eq!(document.parts().count(), 5);
    assert_eq!(document.to_json().unwrap().get(), DOCUMENT);
}

#[test]
fn a_checksum_follows_the_changes() {
    let whole = Document::parse(DOCUMENT).unwrap();
    let (old, new) = (whole.flags["a"], raw(r#"{"enabled":false}"#));
    let mut sum = whole.checksum();
    sum.remove(crate::Part::Flag, "a", old.get());
    sum.insert(crate::Part::Flag, "a", new.get());
    let mut changed = whole.clone();
    changed.flags.insert("a".to_owned(), &new);
    assert_eq!(changed.checksum(), sum);
    assert_ne!(whole.checksum(), sum);
}

#[test]
fn what_is_sent_arrives() {
    let document = raw(DOCUMENT);
    let snapshot = Snapshot {
        version: "k3v9:12".parse().unwrap(),
        environment: "production \"eu\"".into(),
        checksum: Document::parse(DOCUMENT).unwrap().checksum(),
        document: &document,
    };
    let text = serde_json::to_string(&snapshot).unwrap();
    let read: Snapshot<'_> = serde_json::from_str(&text).unwrap();
    assert_eq!(read.environment, snapshot.environment);
    assert_eq!(read.document().unwrap().checksum(), read.checksum);

    let text = r#"{"from":11,"version":"k3v9:12","checksum":"00000000000000ff","document":{"flags":{}},"removed":{"flags":["a\u0062"]}}"#;
    let delta: Delta<'_> = serde_json::from_str(text).unwrap();
    assert_eq!(delta.removed.flags, ["ab"]);
    assert!(delta.document().unwrap().flags.is_empty());
    assert_ne!(delta.checksum, Checksum::default());
}

#[test]
fn what_is_no_document_is_refused() {
    for text in ["[]", "1", r#"{"flags":[]}"#, r#"{"flags":{},"segments":"a"}"#, "{"] {
        assert!(Document::parse(text).is_err(), "{text}");
    }
}
