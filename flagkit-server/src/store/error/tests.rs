use super::{Conflict, ErrorKind, StoreError};
use crate::model::Kind;

#[test]
fn a_conflict_says_what_is_there_and_what_was_expected() {
    let part = |kind, expected, actual| Conflict::Part {
        kind,
        key: "beta".to_owned(),
        expected,
        actual,
        current: None,
    };
    let cases = [
        (
            Conflict::Version { expected: 3, actual: 5 },
            "the environment is at version 5, not at 3 any more",
        ),
        (
            part(Kind::Flag, Some(3), Some(5)),
            "the flag `beta` was changed by somebody else: it is at revision 5, not at 3 any more",
        ),
        (part(Kind::Segment, Some(3), None), "the segment `beta` is not there any more"),
        (part(Kind::Flag, None, Some(5)), "the flag `beta` is there already, at revision 5"),
        (
            part(Kind::Document, Some(3), Some(5)),
            "the document was changed by somebody else: it is at revision 5, not at 3 any more",
        ),
    ];
    for (conflict, message) in cases {
        let error = StoreError::of_conflict(conflict.clone());
        assert_eq!(error.to_string(), message);
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(error.conflict(), Some(&conflict));
    }
}
