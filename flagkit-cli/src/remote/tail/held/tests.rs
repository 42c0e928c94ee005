use flagkit_protocol::Removed;

use super::*;

fn checksum(document: &str) -> Checksum {
    Document::parse(document).unwrap().checksum()
}

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

/// Takes a whole state in and tells what changed, as `kind key before after`.
fn replace(held: &mut Held, number: u64, document: &str) -> Vec<String> {
    let json = raw(document);
    let version = Version { epoch: "e".to_owned(), number };
    let checksum = checksum(document);
    let snapshot = Snapshot { version, environment: "test".into(), checksum, document: &json };
    told(held.replace(&snapshot))
}

fn apply(held: &mut Held, from: u64, document: &str, removed: &[&str], whole: &str) -> Vec<String> {
    let json = raw(document);
    let removed =
        Removed { flags: removed.iter().map(|&key| key.into()).collect(), segments: Vec::new() };
    let version = Version { epoch: "e".to_owned(), number: from + 1 };
    let checksum = checksum(whole);
    told(held.apply(&Delta { from, version, checksum, document: &json, removed }))
}

fn told(result: Result<Vec<Changed>, Mismatch>) -> Vec<String> {
    let Ok(changes) = result else {
        return vec!["mismatch".to_owned()];
    };
    let line = |changed: Changed| {
        let text =
            |json: Option<Box<RawValue>>| json.map_or("-".to_owned(), |json| json.get().to_owned());
        let (kind, key) = (changed.kind.name(), changed.key);
        format!("{kind} {key} {} {}", text(changed.before), text(changed.after))
    };
    changes.into_iter().map(line).collect()
}

const FIRST: &str = r#"{"schema":"flagkit/1","flags":{"a":1,"b":2},"segments":{"s":{}}}"#;

#[test]
fn the_first_state_is_no_change_and_the_next_is_compared_with_it() {
    let mut held = Held::default();
    assert_eq!(replace(&mut held, 1, FIRST), [""; 0]);
    let next = r#"{"schema":"flagkit/1","flags":{"a":1,"b":3,"c":4}}"#;
    let expected = ["flag b 2 3", "flag c - 4", "segment s {} -"];
    assert_eq!(replace(&mut held, 5, next), expected);
    assert_eq!(held.version.unwrap().number, 5);
}

#[test]
fn a_delta_changes_what_it_names() {
    let mut held = Held::default();
    replace(&mut held, 1, FIRST);
    let whole = r#"{"schema":"flagkit/1","flags":{"a":9},"segments":{"s":{}}}"#;
    let delta = r#"{"schema":"flagkit/1","flags":{"a":9}}"#;
    assert_eq!(apply(&mut held, 1, delta, &["b"], whole), ["flag b 2 -", "flag a 1 9"]);
    assert_eq!(held.version.unwrap().number, 2);
}

#[test]
fn after_a_delta_that_does_not_fit_a_whole_state_tells_what_changed() {
    let delta = r#"{"schema":"flagkit/1","flags":{"a":9}}"#;
    for (from, whole) in [(2, FIRST), (1, FIRST)] {
        let mut held = Held::default();
        replace(&mut held, 1, FIRST);
        assert_eq!(apply(&mut held, from, delta, &[], whole), ["mismatch"]);
        assert_eq!(held.version, None);
        let next = FIRST.replace("\"b\":2", "\"b\":3");
        assert_eq!(replace(&mut held, 9, &next), ["flag b 2 3"]);
    }
}

#[test]
fn a_state_with_a_wrong_checksum_is_none() {
    let json = raw(FIRST);
    let version = Version { epoch: "e".to_owned(), number: 1 };
    let checksum = Checksum::default();
    let snapshot = Snapshot { version, environment: "test".into(), checksum, document: &json };
    assert_eq!(Held::default().replace(&snapshot).unwrap_err(), Mismatch);
}
