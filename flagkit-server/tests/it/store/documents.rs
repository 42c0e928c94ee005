//! Documents: changing them, and what is remembered of it.

use std::sync::Arc;

use flagkit_dialects::Dialect;
use flagkit_server::model::{
    AuditId, Change, Edit, EnvironmentId, Expected, HistoryQuery, Kind, StoredDocument, Subject,
};
use flagkit_server::store::{Conflict, ErrorKind, Notice, Store};

use crate::support::{Place, author, change, edit, new_environment, on_both};

on_both![
    a_change_is_one_version_whatever_it_edits,
    parts_carry_the_version_and_author_of_their_last_change,
    what_is_said_already_is_no_change,
    changes_since_lead_from_any_version_to_the_current_one,
    a_conflict_changes_nothing_and_says_what_is_there,
    the_whole_document_can_be_expected_at_a_version,
    of_many_writers_with_the_same_expectation_one_wins,
    another_dialect_takes_everything_with_it,
    every_change_is_announced,
    history_says_who_did_what_and_why,
    history_comes_in_pages,
    a_record_is_found_by_its_number,
    texts_come_back_byte_for_byte,
    a_thousand_edits_are_one_change,
    many_changes_at_once_are_all_kept_in_a_row,
];

fn typed(kind: Kind, key: &str, json: &str) -> Edit {
    Edit { kind, ..edit(key, Some(json)) }
}

fn expecting(expected: Expected, edit: Edit) -> Edit {
    Edit { expected, ..edit }
}

/// Kind, key and text of each part.
fn texts(document: &StoredDocument) -> Vec<(Kind, &str, Option<&str>)> {
    let parts = document.parts.iter();
    parts.map(|part| (part.kind, &*part.key, part.json.as_deref())).collect()
}

async fn apply(store: &dyn Store, id: EnvironmentId, edits: Vec<Edit>) -> u64 {
    store.change(change(id, edits, 100)).await.unwrap().version
}

async fn a_change_is_one_version_whatever_it_edits(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let edits = vec![
        typed(Kind::Setting, "schema", r#""flagkit/1""#),
        typed(Kind::Segment, "beta", r#"{"rules":[]}"#),
        typed(Kind::Flag, "beta", r#"{"enabled":true}"#),
    ];
    assert_eq!(apply(&*store, id, edits).await, 1);
    assert_eq!(apply(&*store, id, vec![edit("beta", None), edit("gamma", Some("{}"))]).await, 2);
    let document = store.document(id).await.unwrap();
    assert_eq!(document.environment.version, 2);
    assert_eq!(
        texts(&document),
        [
            (Kind::Flag, "gamma", Some("{}")),
            (Kind::Segment, "beta", Some(r#"{"rules":[]}"#)),
            (Kind::Setting, "schema", Some(r#""flagkit/1""#)),
        ]
    );
}

async fn parts_carry_the_version_and_author_of_their_last_change(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    apply(&*store, id, vec![edit("a", Some("1")), edit("b", Some("1"))]).await;
    let by_bo = Change {
        author: flagkit_server::model::Author { actor: "bo".to_owned(), ..author(200) },
        ..change(id, vec![edit("b", Some("2"))], 0)
    };
    store.change(by_bo).await.unwrap();
    let parts = store.document(id).await.unwrap().parts;
    let seen: Vec<_> = parts
        .iter()
        .map(|part| (&*part.key, part.revision, part.updated_at_ms, &*part.updated_by))
        .collect();
    assert_eq!(seen, [("a", 1, 100, "ada"), ("b", 2, 200, "bo")]);
}

async fn what_is_said_already_is_no_change(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    apply(&*store, id, vec![edit("a", Some("1"))]).await;
    let changed =
        store.change(change(id, vec![edit("a", Some("1")), edit("b", None)], 200)).await.unwrap();
    assert_eq!((changed.version, changed.records), (1, Vec::new()));
    let changed = store
        .change(change(id, vec![edit("a", Some("1")), edit("b", Some("2"))], 200))
        .await
        .unwrap();
    assert_eq!((changed.version, changed.records.len()), (2, 1));
    assert_eq!(store.document(id).await.unwrap().parts[0].revision, 1);
}

async fn changes_since_lead_from_any_version_to_the_current_one(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    apply(&*store, id, vec![edit("a", Some("1")), edit("b", Some("1"))]).await;
    apply(&*store, id, vec![edit("a", None)]).await;
    apply(&*store, id, vec![edit("b", Some("2")), edit("c", Some("1"))]).await;
    let expected: [&[(Kind, &str, Option<&str>)]; 5] = [
        &[(Kind::Flag, "a", None), (Kind::Flag, "b", Some("2")), (Kind::Flag, "c", Some("1"))],
        &[(Kind::Flag, "a", None), (Kind::Flag, "b", Some("2")), (Kind::Flag, "c", Some("1"))],
        &[(Kind::Flag, "b", Some("2")), (Kind::Flag, "c", Some("1"))],
        &[],
        &[],
    ];
    for (version, expected) in (0..).zip(expected) {
        let changes = store.changes_since(id, version).await.unwrap();
        assert_eq!(changes.environment.version, 3);
        assert_eq!(texts(&changes), expected, "since {version}");
    }
    // Back again, and it is there as if it had never gone.
    apply(&*store, id, vec![edit("a", Some("3"))]).await;
    let changes = store.changes_since(id, 3).await.unwrap();
    assert_eq!(texts(&changes), [(Kind::Flag, "a", Some("3"))]);
}

async fn a_conflict_changes_nothing_and_says_what_is_there(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    apply(&*store, id, vec![edit("a", Some("1"))]).await;
    apply(&*store, id, vec![edit("a", Some("2"))]).await;
    let cases = [
        (expecting(Expected::Revision(1), edit("a", Some("3"))), Some(1), Some(2), Some("2")),
        (expecting(Expected::Revision(1), edit("a", None)), Some(1), Some(2), Some("2")),
        (expecting(Expected::Absent, edit("a", Some("3"))), None, Some(2), Some("2")),
        (expecting(Expected::Revision(1), edit("b", Some("3"))), Some(1), None, None),
    ];
    for (conflicting, expected, actual, current) in cases {
        let key = conflicting.key.clone();
        let edits = vec![edit("innocent", Some("1")), conflicting];
        let error = store.change(change(id, edits, 200)).await.unwrap_err();
        let current = current.map(Arc::from);
        let conflict = Conflict::Part { kind: Kind::Flag, key, expected, actual, current };
        assert_eq!((error.kind(), error.conflict()), (ErrorKind::Conflict, Some(&conflict)));
    }
    let document = store.document(id).await.unwrap();
    assert_eq!(document.environment.version, 2);
    assert_eq!(texts(&document), [(Kind::Flag, "a", Some("2"))]);
    let good = [
        expecting(Expected::Revision(2), edit("a", Some("3"))),
        expecting(Expected::Absent, edit("b", Some("1"))),
    ];
    assert_eq!(apply(&*store, id, good.into()).await, 3);
}

async fn the_whole_document_can_be_expected_at_a_version(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let at = |expected, json| Change {
        expected_version: Some(expected),
        ..change(id, vec![edit("a", Some(json))], 100)
    };
    assert_eq!(store.change(at(0, "1")).await.unwrap().version, 1);
    let error = store.change(at(0, "2")).await.unwrap_err();
    assert_eq!(error.conflict(), Some(&Conflict::Version { expected: 0, actual: 1 }));
    assert_eq!(store.change(at(1, "2")).await.unwrap().version, 2);
}

async fn of_many_writers_with_the_same_expectation_one_wins(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    apply(&*store, id, vec![edit("a", Some("0"))]).await;
    for round in 1..=20_u64 {
        let writers = (0..8).map(|writer| {
            let json = format!("[{round},{writer}]");
            let edit = expecting(Expected::Revision(round), edit("a", Some(&json)));
            let (store, change) = (Arc::clone(&store), change(id, vec![edit], round));
            tokio::spawn(async move { (json, store.change(change).await) })
        });
        let mut won = Vec::new();
        for writer in writers.collect::<Vec<_>>() {
            match writer.await.unwrap() {
                (json, Ok(changed)) => won.push((json, changed.version)),
                (_, Err(error)) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error}"),
            }
        }
        let [(json, version)] = &won[..] else { panic!("round {round}: {won:?}") };
        assert_eq!(*version, round + 1);
        let document = store.document(id).await.unwrap();
        assert_eq!(document.parts[0].json.as_deref(), Some(&**json));
    }
}

async fn another_dialect_takes_everything_with_it(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    apply(&*store, id, vec![edit("a", Some("1")), typed(Kind::Segment, "s", "1")]).await;
    let document = || typed(Kind::Document, "", r#"{"features":[]}"#);
    let error = store.change(change(id, vec![document()], 100)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let import = Change {
        dialect: Some(Dialect::Unleash),
        action: "import".to_owned(),
        ..change(id, vec![document()], 100)
    };
    let changed = store.change(import).await.unwrap();
    assert_eq!((changed.version, changed.records.len()), (2, 3));
    let after = store.document(id).await.unwrap();
    assert_eq!(after.environment.dialect, Dialect::Unleash);
    assert_eq!(texts(&after), [(Kind::Document, "", Some(r#"{"features":[]}"#))]);
    let error = store.change(change(id, vec![edit("a", Some("1"))], 100)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let back =
        Change { dialect: Some(Dialect::Native), ..change(id, vec![edit("a", Some("1"))], 1) };
    store.change(back).await.unwrap();
    let changes = store.changes_since(id, 2).await.unwrap();
    assert_eq!(texts(&changes), [(Kind::Document, "", None), (Kind::Flag, "a", Some("1"))]);
}

async fn every_change_is_announced(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let mut notices = store.notices();
    apply(&*store, id, vec![edit("a", Some("1"))]).await;
    apply(&*store, id, vec![edit("a", Some("1"))]).await;
    apply(&*store, id, vec![edit("a", Some("2"))]).await;
    // The same may be said twice, and the end of the list is never said too early.
    let mut versions = Vec::new();
    while versions.last() != Some(&2) {
        match notices.recv().await.unwrap() {
            Notice::Document { environment, version } if environment == id => {
                versions.push(version);
            }
            Notice::Environments => (),
            other => panic!("{other:?}"),
        }
    }
    versions.dedup();
    assert_eq!(versions, [1, 2]);
}

async fn history_says_who_did_what_and_why(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    apply(&*store, id, vec![edit("a", Some("1"))]).await;
    let switch_on =
        Change { action: "switch-on".to_owned(), ..change(id, vec![edit("a", Some("2"))], 200) };
    let changed = store.change(switch_on).await.unwrap();
    let query = HistoryQuery {
        environment: Some(id),
        subject: Some(Subject::Part(Kind::Flag)),
        key: Some("a".to_owned()),
        limit: 1,
        ..HistoryQuery::default()
    };
    let records = store.history(query).await.unwrap();
    assert_eq!(records, changed.records);
    let record = &records[0];
    assert_eq!((record.environment, record.version), (Some(id), Some(2)));
    assert_eq!((&*record.key, record.at_ms, &*record.actor), ("a", 200, "ada"));
    assert_eq!((record.reason.as_deref(), &*record.action), (Some("because"), "switch-on"));
    assert_eq!((record.before.as_deref(), record.after.as_deref()), (Some("1"), Some("2")));
}

async fn history_comes_in_pages(place: Place) {
    let store = place.open().await;
    let (live, other) =
        (new_environment(&*store, "live").await.id, new_environment(&*store, "b").await.id);
    for number in 0..5 {
        let json = number.to_string();
        apply(&*store, live, vec![edit("a", Some(&json)), edit("b", Some(&json))]).await;
        apply(&*store, other, vec![edit("a", Some(&json))]).await;
    }
    let of_a = |before| HistoryQuery {
        environment: Some(live),
        key: Some("a".to_owned()),
        before,
        limit: 2,
        ..HistoryQuery::default()
    };
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = store.history(of_a(before)).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.push(page.iter().map(|record| record.version.unwrap()).collect::<Vec<_>>());
    }
    assert_eq!(seen, [vec![5, 4], vec![3, 2], vec![1]]);
    let all = HistoryQuery { limit: u32::MAX, ..HistoryQuery::default() };
    // Fifteen edits, and that the project and its environments were created.
    assert_eq!(store.history(all).await.unwrap().len(), 15 + 3);
}

async fn a_record_is_found_by_its_number(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let changed = store.change(change(id, vec![edit("a", Some("1"))], 100)).await.unwrap();
    let record = store.record(changed.records[0].id).await.unwrap();
    assert_eq!(record, changed.records[0]);
    let error = store.record(AuditId(u64::MAX)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

async fn texts_come_back_byte_for_byte(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    let texts = [r#"{"b":1,"a":1.0}"#, "\"\u{1f600}\\u0000$1 ? ' \\\" \"", &long, ""];
    let edits =
        texts.iter().enumerate().map(|(key, json)| edit(&format!("k-{key} 'ä'"), Some(json)));
    apply(&*store, id, edits.collect()).await;
    let document = store.document(id).await.unwrap();
    let kept: Vec<_> = document.parts.iter().map(|part| part.json.as_deref().unwrap()).collect();
    assert_eq!(kept, texts);
    assert_eq!(document.parts[2].key, "k-2 'ä'");
}

async fn a_thousand_edits_are_one_change(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let edits = (0..1000).map(|number| edit(&format!("f{number:04}"), Some("{}")));
    let changed = store.change(change(id, edits.collect(), 100)).await.unwrap();
    assert_eq!((changed.version, changed.records.len()), (1, 1000));
    assert!(changed.records.is_sorted_by_key(|record| record.id));
    assert_eq!(changed.records[999].key, "f0999");
    assert_eq!(store.document(id).await.unwrap().parts.len(), 1000);
}

async fn many_changes_at_once_are_all_kept_in_a_row(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let writers = (0..200_u64).map(|number| {
        let store = Arc::clone(&store);
        let change = change(id, vec![edit(&format!("f{number}"), Some("{}"))], number);
        tokio::spawn(async move { store.change(change).await.unwrap().version })
    });
    let mut versions = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        versions.push(writer.await.unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, (1..=200).collect::<Vec<_>>());
    let document = store.document(id).await.unwrap();
    assert_eq!((document.environment.version, document.parts.len()), (200, 200));
}
