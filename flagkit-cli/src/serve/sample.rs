//! Flags to begin with: one of each kind that people ask for first.

use std::sync::Arc;

use flagkit_protocol::{Document, Part};
use flagkit_server::model::{Edit, Expected, Kind};

/// The edits that put the sample flags into an empty environment.
pub(super) fn edits() -> Vec<Edit> {
    // INVARIANT: the document is a part of this program; a test reads it.
    let document = Document::parse(DOCUMENT).unwrap_or_default();
    let each = document.parts().map(|(part, key, json)| Edit {
        kind: kind(part),
        key: key.to_owned(),
        json: Some(Arc::from(json)),
        expected: Expected::Absent,
    });
    each.collect()
}

fn kind(part: Part) -> Kind {
    match part {
        Part::Flag => Kind::Flag,
        Part::Segment => Kind::Segment,
        Part::Setting => Kind::Setting,
    }
}

const DOCUMENT: &str = include_str!("sample.json");

#[cfg(test)]
mod tests;
