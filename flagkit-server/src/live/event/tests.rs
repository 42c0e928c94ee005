use flagkit_protocol::{Delta, Goodbye, Heartbeat, Part, Snapshot, Version};

use super::super::held::{Held, PartEdit};
use super::{WholeState, delta, goodbye, heartbeat};

fn edit(part: Part, key: &str, json: Option<&str>) -> PartEdit {
    PartEdit { part, key: key.into(), json: json.map(Into::into) }
}

fn held() -> Held {
    let mut held = Held::default();
    held.apply(&edit(Part::Setting, "schema", Some(r#""flagkit/1""#)), 1);
    held.apply(&edit(Part::Flag, "beta", Some(r#"{"enabled":true}"#)), 3);
    held
}

fn version(number: u64) -> Version {
    Version { epoch: "e1".to_owned(), number }
}

/// The lines of an event by their names; there is one of each.
fn lines(event: &[u8]) -> Vec<(&str, &str)> {
    let text = std::str::from_utf8(event).unwrap();
    let lines = text.strip_suffix("\n\n").unwrap().split('\n');
    lines.map(|line| line.split_once(": ").unwrap()).collect()
}

#[test]
fn a_whole_state_is_an_event_and_the_body_of_an_answer() {
    let state = WholeState::of(&held(), &version(3), "production \"eu\"");
    let lines = lines(&state.event);
    assert_eq!(lines[..2], [("event", "snapshot"), ("id", "e1:3")]);
    assert_eq!(lines[2].1.as_bytes(), &state.body[..]);
    let read: Snapshot<'_> = serde_json::from_slice(&state.body).unwrap();
    assert_eq!((read.version, &*read.environment), (version(3), "production \"eu\""));
    assert_eq!(read.checksum, held().checksum());
    assert_eq!(Snapshot::document(&read_again(&state.body)).unwrap().checksum(), read.checksum);
}

fn read_again(body: &[u8]) -> Snapshot<'_> {
    serde_json::from_slice(body).unwrap()
}

#[test]
fn a_delta_says_what_is_new_and_what_is_gone() {
    let edits = [
        edit(Part::Flag, "a\"b", Some("{}")),
        edit(Part::Flag, "beta", None),
        edit(Part::Segment, "s", None),
    ];
    let mut after = held();
    for edit in &edits {
        after.apply(edit, 4);
    }
    let event = delta((3, &version(4), after.checksum()), &after.document_of(&edits), &edits);
    let lines = lines(&event);
    assert_eq!(lines[..2], [("event", "delta"), ("id", "e1:4")]);
    let read: Delta<'_> = serde_json::from_str(lines[2].1).unwrap();
    assert_eq!((read.from, read.version.clone(), read.checksum), (3, version(4), after.checksum()));
    assert_eq!(
        (read.removed.flags.clone(), read.removed.segments.clone()),
        (vec!["beta".into()], vec!["s".into()])
    );
    let document = read.document().unwrap();
    assert_eq!(document.flags.keys().collect::<Vec<_>>(), ["a\"b"]);
    assert_eq!(document.settings["schema"].get(), r#""flagkit/1""#);
}

#[test]
fn small_events_are_what_the_protocol_says() {
    let said = Heartbeat { every_ms: 15_000, version: version(7) };
    let heartbeat = heartbeat(&said);
    let data = lines(&heartbeat)[1].1;
    assert_eq!(serde_json::from_str::<Heartbeat>(data).unwrap(), said);
    let goodbye = goodbye(9);
    assert_eq!(lines(&goodbye)[0], ("event", "goodbye"));
    assert_eq!(serde_json::from_str::<Goodbye>(lines(&goodbye)[1].1).unwrap().spread_ms, 9);
}
