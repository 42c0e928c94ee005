use std::sync::Arc;

use flagkit_dialects::Dialect;

use super::{Place, Write, plan};
use crate::model::{Author, Change, Edit, EnvironmentId, Expected, Kind};
use crate::store::{Conflict, ErrorKind, Result};

fn edit(key: &str, json: Option<&str>, expected: Expected) -> Edit {
    Edit { kind: Kind::Flag, key: key.to_owned(), json: json.map(Arc::from), expected }
}

fn change(edits: Vec<Edit>) -> Change {
    Change {
        environment: EnvironmentId(1),
        edits,
        dialect: None,
        expected_version: None,
        action: "update".to_owned(),
        author: Author { actor: "test".to_owned(), reason: None, at_ms: 0 },
    }
}

/// A flag of revision 7, or the place for one.
fn place(key: &str, json: Option<&str>) -> Place {
    let there = json.map(|json| (7, Arc::from(json)));
    Place { kind: Kind::Flag, key: key.to_owned(), there }
}

fn run(edit: Edit, there: Option<&str>) -> Result<Vec<Write>> {
    let place = place(&edit.key, there);
    plan(&change(vec![edit]), Dialect::Native, vec![place])
}

#[test]
fn what_is_expected_decides_whether_there_is_a_conflict() {
    let (any, absent) = (Expected::Any, Expected::Absent);
    let (same, other) = (Expected::Revision(7), Expected::Revision(6));
    let cases = [
        (any, Some("{}"), true),
        (any, None, true),
        (absent, Some("{}"), false),
        (absent, None, true),
        (same, Some("{}"), true),
        (same, None, false),
        (other, Some("{}"), false),
    ];
    for (expected, there, is_good) in cases {
        for json in [Some("[]"), None] {
            let result = run(edit("beta", json, expected), there);
            assert_eq!(result.is_ok(), is_good, "{expected:?} {there:?} {json:?}");
        }
    }
}

#[test]
fn a_conflict_carries_what_is_there() {
    let error = run(edit("beta", Some("[]"), Expected::Revision(6)), Some("{}")).unwrap_err();
    let conflict = Conflict::Part {
        kind: Kind::Flag,
        key: "beta".to_owned(),
        expected: Some(6),
        actual: Some(7),
        current: Some(Arc::from("{}")),
    };
    assert_eq!(error.conflict(), Some(&conflict));
}

#[test]
fn edits_that_say_what_is_there_are_left_out() {
    assert_eq!(run(edit("beta", Some("{}"), Expected::Any), Some("{}")).unwrap(), []);
    assert_eq!(run(edit("beta", None, Expected::Any), None).unwrap(), []);
    let [write] = &run(edit("beta", None, Expected::Any), Some("{}")).unwrap()[..] else {
        panic!("one write")
    };
    assert_eq!((write.before.as_deref(), write.after.as_deref()), (Some("{}"), None));
}

#[test]
fn places_without_an_edit_are_emptied() {
    let mut change =
        change(vec![Edit { kind: Kind::Document, ..edit("", Some("{}"), Expected::Any) }]);
    change.dialect = Some(Dialect::Unleash);
    let whole = Place { kind: Kind::Document, ..place("", None) };
    let writes = plan(&change, Dialect::Native, vec![whole, place("beta", Some("{}"))]).unwrap();
    let after: Vec<_> = writes.iter().map(|write| (&*write.key, write.after.as_deref())).collect();
    assert_eq!(after, [("", Some("{}")), ("beta", None)]);
}

#[test]
fn edits_that_make_no_sense_are_refused() {
    let document = Edit { kind: Kind::Document, ..edit("", Some("{}"), Expected::Any) };
    let named = Edit { kind: Kind::Document, ..edit("beta", Some("{}"), Expected::Any) };
    let flag = |key: &str| edit(key, Some("{}"), Expected::Any);
    let cases = [
        (vec![flag("beta"), flag("beta")], Dialect::Native),
        (vec![flag("")], Dialect::Native),
        (vec![flag("a\0")], Dialect::Native),
        (vec![flag(&"k".repeat(1025))], Dialect::Native),
        (vec![document], Dialect::Native),
        (vec![named], Dialect::Unleash),
        (vec![flag("beta")], Dialect::Unleash),
    ];
    for (edits, dialect) in cases {
        let places = edits.iter().map(|edit| place(&edit.key, None)).collect();
        let error = plan(&change(edits), dialect, places).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    }
    assert!(run(flag(&"k".repeat(1024)), None).is_ok());
}
