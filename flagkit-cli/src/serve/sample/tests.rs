use flagkit_dialects::{Dialect, Settings};

use super::*;

#[test]
fn the_sample_flags_are_flawless() {
    let decoded =
        flagkit_dialects::decode(Dialect::Native, DOCUMENT, &Settings::default()).unwrap();
    let compiled = flagkit_core::compile(decoded.document);
    let found: Vec<_> = decoded.diagnostics.iter().chain(&compiled.diagnostics).collect();
    let is_about_schema = |text: String| text.contains("schema");
    assert!(found.iter().all(|found| is_about_schema(found.to_string())), "{found:?}");
    assert_eq!(edits().len(), 6);
}

/// An event of a stream has one line of data.
#[test]
fn each_part_is_one_line() {
    assert!(edits().iter().all(|edit| !edit.json.as_ref().unwrap().contains('\n')));
}
