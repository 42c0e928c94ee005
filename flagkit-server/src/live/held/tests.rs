use flagkit_protocol::{Document, Part};

use super::{Held, PartEdit};

fn edit(part: Part, key: &str, json: Option<&str>) -> PartEdit {
    PartEdit { part, key: key.into(), json: json.map(Into::into) }
}

fn some() -> Held {
    let mut held = Held::default();
    for (part, key, json) in [
        (Part::Setting, "schema", r#""flagkit/1""#),
        (Part::Segment, "staff \"eu\"", r#"{"include":["a"]}"#),
        (Part::Flag, "a", r#"{"enabled":true}"#),
        (Part::Flag, "b", "{}"),
    ] {
        held.apply(&edit(part, key, Some(json)), 1);
    }
    held
}

#[test]
fn the_document_has_every_part_and_the_checksum_of_all() {
    let held = some();
    let json = held.document();
    let document = Document::parse(&json).unwrap();
    assert_eq!(document.checksum(), held.checksum());
    assert_eq!(document.flags["a"].get(), r#"{"enabled":true}"#);
    assert_eq!(document.segments["staff \"eu\""].get(), r#"{"include":["a"]}"#);
    assert_eq!(document.to_json().unwrap().get(), json);
}

#[test]
fn the_checksum_follows_every_edit() {
    let mut held = some();
    let edits = [
        edit(Part::Flag, "a", Some("{}")),
        edit(Part::Flag, "b", None),
        edit(Part::Flag, "no such flag", None),
        edit(Part::Setting, "hash", Some(r#""xxh3""#)),
    ];
    for one in &edits {
        held.apply(one, 2);
        let json = held.document();
        assert_eq!(Document::parse(&json).unwrap().checksum(), held.checksum());
    }
    assert_eq!(held.of(Part::Flag)["a"].revision, 2);
    assert_eq!(held.of(Part::Flag).len(), 1);
}

#[test]
fn a_document_of_an_edit_has_all_settings_and_what_is_put_in() {
    let edits = [edit(Part::Flag, "c", Some("1")), edit(Part::Flag, "a", None)];
    let json = some().document_of(&edits);
    assert_eq!(json, r#"{"schema":"flagkit/1","flags":{"c":1}}"#);
}
