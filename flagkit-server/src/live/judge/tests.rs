use flagkit_core::Diagnostic;
use flagkit_dialects::Dialect;
use flagkit_protocol::Part;

use super::super::held::PartEdit;
use super::{Before, judge};

fn text(flags: &str) -> String {
    format!(r#"{{"schema":"flagkit/1","flags":{flags}}}"#)
}

#[test]
fn a_new_error_is_refused_with_its_place_and_its_mend() {
    let text = text(r#"{"beta":{"enabled":true,"rollout_percentage":250},"ok":{"enabled":true}}"#);
    let judged = judge((Dialect::Native, &text), "production", 7, None).unwrap();
    assert_eq!(judged.snapshot.revision(), Some(7));
    let problem = judged.accept(&text, &[]).unwrap_err();
    assert_eq!(problem.code, "invalid_document");
    assert_eq!(problem.path.as_deref(), Some("flags.beta.rollout_percentage"));
    assert!(problem.hint.is_some(), "{problem:?}");
    let details = problem.details.unwrap();
    assert_eq!(details["diagnostics"][0]["severity"], "error");
    assert_eq!(details["diagnostics"].as_array().unwrap().len(), 1);
}

#[test]
fn what_was_broken_may_stay_broken() {
    let old = text(r#"{"odd":{"enabled":3},"beta":{"enabled":true}}"#);
    let known = judge((Dialect::Native, &old), "production", 1, None).unwrap().diagnostics;
    assert!(known.iter().any(Diagnostic::is_error));
    let same_error = text(r#"{"odd":{"enabled":3},"beta":{"enabled":false}}"#);
    let judged = judge((Dialect::Native, &same_error), "production", 2, None).unwrap();
    assert!(judged.accept(&same_error, &known).is_ok());
    let another = text(r#"{"odd":{"enabled":3},"beta":{"enabled":"no"}}"#);
    let judged = judge((Dialect::Native, &another), "production", 2, None).unwrap();
    let problem = judged.accept(&another, &known).unwrap_err();
    assert_eq!(problem.path.as_deref(), Some("flags.beta.enabled"));
}

#[test]
fn a_text_that_is_no_document_is_refused() {
    for text in ["{", "[]", r#"{"schema":"flagkit/1","hash":"crc","flags":{}}"#] {
        let problem = judge((Dialect::Native, text), "production", 1, None).unwrap_err();
        assert_eq!(problem.code, "invalid_document", "{text}");
    }
}

/// A dependency on a flag that goes away is found, although that flag's dependant did not change.
#[test]
fn a_removal_that_others_need_is_refused() {
    let before = text(r#"{"pay":{"enabled":true},"shop":{"enabled":true,"dependencies":["pay"]}}"#);
    let before = judge((Dialect::Native, &before), "production", 1, None).unwrap();
    let after = text(r#"{"shop":{"enabled":true,"dependencies":["pay"]}}"#);
    let edits = [PartEdit { part: Part::Flag, key: "pay".into(), json: None }];
    let known = Before { snapshot: &before.snapshot, diagnostics: &[], edits: &edits };
    let judged = judge((Dialect::Native, &after), "production", 2, Some(known)).unwrap();
    let problem = judged.accept(&after, &[]).unwrap_err();
    assert_eq!(problem.path.as_deref(), Some("flags.shop.dependencies[0]"));
}
