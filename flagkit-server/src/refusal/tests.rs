use std::time::Duration;

use axum::response::IntoResponse;
use flagkit_protocol::Problem;
use http::StatusCode;
use serde_json::json;

use super::Refusal;
use crate::model::Kind;
use crate::store::{Conflict, ErrorKind, StoreError};

#[test]
fn a_conflict_shows_both_versions() {
    let conflict = Conflict::Part {
        kind: Kind::Flag,
        key: "beta".to_owned(),
        expected: Some(3),
        actual: Some(5),
        current: Some(r#"{"enabled":true}"#.into()),
    };
    let refusal = Refusal::from(StoreError::of_conflict(conflict));
    assert_eq!(refusal.status, StatusCode::CONFLICT);
    let details = refusal.problem.details.unwrap();
    let wanted = json!({
        "kind": "flag", "key": "beta", "expected_revision": 3, "actual_revision": 5,
        "current": { "enabled": true },
    });
    assert_eq!(details, wanted);
}

#[test]
fn every_failure_of_the_database_has_its_status() {
    let cases = [
        (ErrorKind::NotFound, 404),
        (ErrorKind::Exists, 409),
        (ErrorKind::Refused, 422),
        (ErrorKind::Unavailable, 503),
        (ErrorKind::Uncertain, 503),
        (ErrorKind::Broken, 500),
    ];
    for (kind, wanted) in cases {
        let refusal = Refusal::from(StoreError::new(kind, "so it is"));
        assert_eq!(refusal.status.as_u16(), wanted, "{kind:?}");
    }
}

#[test]
fn problems_have_the_status_of_their_code() {
    for (code, wanted) in [("invalid_json", 400), ("not_found", 404), ("invalid_document", 422)] {
        assert_eq!(Refusal::from(Problem::new(code, "so")).status.as_u16(), wanted);
    }
}

#[test]
fn waiting_is_told_in_whole_seconds() {
    for (wait, wanted) in [(0, "1"), (1, "1"), (1_000, "1"), (1_001, "2"), (60_000, "60")] {
        let refusal = Refusal::too_many("too often", Duration::from_millis(wait));
        let response = refusal.into_response();
        assert_eq!(response.headers()["retry-after"], wanted);
    }
}
