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

/// Others write their clients from `docs/protocol.md`.
#[test]
fn the_page_shows_events_whose_numbers_are_true() {
    let page = include_str!("../../../docs/protocol.md");
    let data = |event: &str| {
        let after = page.split_once(&format!("event: {event}\n")).unwrap().1;
        after.split_once("data: ").unwrap().1.lines().next().unwrap()
    };
    let snapshot: Snapshot<'_> = serde_json::from_str(data("snapshot")).unwrap();
    let mut held = snapshot.document().unwrap();
    assert_eq!(held.checksum(), snapshot.checksum);
    for (part, key, json) in held.parts() {
        let hash = Checksum::of_part(part, key, json);
        let line = format!("| `{key}` | `{json}` | `{hash:016x}` |");
        assert!(page.contains(&line), "{line}");
    }
    let delta: Delta<'_> = serde_json::from_str(data("delta")).unwrap();
    assert_eq!(delta.from, snapshot.version.number);
    let changed = delta.document().unwrap();
    held.settings = changed.settings;
    held.flags.extend(changed.flags);
    for key in &delta.removed.flags {
        held.flags.remove(&**key).unwrap();
    }
    assert_eq!(held.checksum(), delta.checksum);
    let _: crate::Heartbeat = serde_json::from_str(data("heartbeat")).unwrap();
    let _: crate::Goodbye = serde_json::from_str(data("goodbye")).unwrap();
}
