//! Projects and environments.

use flagkit_dialects::Dialect;
use flagkit_server::model::{EnvironmentSettings, HistoryQuery, NewEnvironment, Slug, Subject};
use flagkit_server::store::{ErrorKind, Notice};

use crate::support::{Place, author, change, edit, new_environment, on_both};

on_both![
    a_new_database_is_empty_and_answers,
    projects_are_there_once_and_in_order,
    a_project_goes_when_it_is_empty,
    a_new_environment_is_native_and_at_version_0,
    environments_are_there_once_in_their_project,
    settings_change_without_a_new_version,
    a_deleted_environment_leaves_its_history,
    a_restored_database_begins_another_epoch,
    what_was_kept_is_there_after_opening_again,
];

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn new(project: &str, key: &str) -> NewEnvironment {
    let settings = EnvironmentSettings { name: "Name".to_owned(), is_production: true };
    NewEnvironment { project: slug(project), key: slug(key), settings }
}

async fn a_new_database_is_empty_and_answers(place: Place) {
    let store = place.open().await;
    store.ping().await.unwrap();
    assert_eq!(store.projects().await.unwrap(), []);
    assert_eq!(store.environments().await.unwrap(), []);
    assert!(store.keys().await.unwrap().is_empty());
    assert_eq!(
        store.history(HistoryQuery { limit: 10, ..HistoryQuery::default() }).await.unwrap(),
        []
    );
}

async fn projects_are_there_once_and_in_order(place: Place) {
    let store = place.open().await;
    let mut notices = store.notices();
    for key in ["web", "Shop", "api"] {
        let project =
            store.create_project(slug(key), format!("The {key}"), author(7)).await.unwrap();
        assert_eq!((project.key.as_str(), project.created_at_ms), (key, 7));
        assert_eq!(notices.recv().await, Ok(Notice::Environments));
    }
    let error = store.create_project(slug("web"), "Other".to_owned(), author(8)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists);
    assert_eq!(error.to_string(), "there is a project `web` already");
    let projects = store.projects().await.unwrap();
    // By bytes, as SQLite has it.
    assert_eq!(
        projects.iter().map(|project| project.key.as_str()).collect::<Vec<_>>(),
        ["Shop", "api", "web"]
    );
    assert_eq!(projects[2].name, "The web");
}

async fn a_project_goes_when_it_is_empty(place: Place) {
    let store = place.open().await;
    let environment = new_environment(&*store, "production").await;
    let error = store.delete_project(slug("shop"), author(3)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists);
    store.delete_environment(environment.id, author(4)).await.unwrap();
    store.delete_project(slug("shop"), author(5)).await.unwrap();
    assert_eq!(store.projects().await.unwrap(), []);
    let error = store.delete_project(slug("shop"), author(6)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

async fn a_new_environment_is_native_and_at_version_0(place: Place) {
    let store = place.open().await;
    store.create_project(slug("shop"), "Shop".to_owned(), author(1)).await.unwrap();
    let first = store.create_environment(new("shop", "production"), author(2)).await.unwrap();
    assert_eq!(first.dialect, Dialect::Native);
    assert_eq!((first.version, first.created_at_ms), (0, 2));
    assert!(first.settings.is_production);
    assert!(first.version().to_string().parse::<flagkit_protocol::Version>().is_ok());
    assert_eq!(first.epoch.len(), 10);
    let second = store.create_environment(new("shop", "staging"), author(3)).await.unwrap();
    assert_ne!(first.epoch, second.epoch);
    assert_ne!(first.id, second.id);
    let document = store.document(first.id).await.unwrap();
    assert_eq!((document.environment, document.parts), (first, Vec::new()));
}

async fn environments_are_there_once_in_their_project(place: Place) {
    let store = place.open().await;
    let error = store.create_environment(new("shop", "staging"), author(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    for project in ["shop", "api"] {
        store.create_project(slug(project), project.to_owned(), author(1)).await.unwrap();
        store.create_environment(new(project, "staging"), author(2)).await.unwrap();
    }
    let error = store.create_environment(new("shop", "staging"), author(3)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists);
    let environments = store.environments().await.unwrap();
    let names = environments.iter().map(|one| (one.project.as_str(), one.key.as_str()));
    assert_eq!(names.collect::<Vec<_>>(), [("api", "staging"), ("shop", "staging")]);
}

async fn settings_change_without_a_new_version(place: Place) {
    let store = place.open().await;
    let environment = new_environment(&*store, "live").await;
    let mut notices = store.notices();
    let settings = EnvironmentSettings { name: "Live".to_owned(), is_production: true };
    let updated =
        store.update_environment(environment.id, settings.clone(), author(9)).await.unwrap();
    assert_eq!((updated.settings.clone(), updated.version), (settings.clone(), 0));
    assert_eq!(notices.recv().await, Ok(Notice::Environments));
    assert_eq!(store.environments().await.unwrap(), std::slice::from_ref(&updated));
    // The same again is no change.
    assert_eq!(
        store.update_environment(environment.id, settings, author(10)).await.unwrap(),
        updated
    );
    let query =
        HistoryQuery { subject: Some(Subject::Environment), limit: 10, ..HistoryQuery::default() };
    let records = store.history(query).await.unwrap();
    let actions: Vec<_> = records.iter().map(|record| (record.at_ms, &*record.action)).collect();
    assert_eq!(actions, [(9, "update"), (2, "create")]);
    assert_eq!(
        records[0].before.as_deref(),
        Some(r#"{"name":"live","production":false,"project":"shop"}"#)
    );
    assert_eq!(
        records[0].after.as_deref(),
        Some(r#"{"name":"Live","production":true,"project":"shop"}"#)
    );
}

async fn a_deleted_environment_leaves_its_history(place: Place) {
    let store = place.open().await;
    let old = new_environment(&*store, "live").await;
    store.change(change(old.id, vec![edit("beta", Some("{}"))], 3)).await.unwrap();
    store.delete_environment(old.id, author(4)).await.unwrap();
    for error in [
        store.delete_environment(old.id, author(5)).await.unwrap_err(),
        store.document(old.id).await.unwrap_err(),
        store.changes_since(old.id, 0).await.unwrap_err(),
        store.change(change(old.id, Vec::new(), 6)).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
    let query = HistoryQuery { environment: Some(old.id), limit: 10, ..HistoryQuery::default() };
    let records = store.history(query).await.unwrap();
    assert_eq!(
        records.iter().map(|record| &*record.action).collect::<Vec<_>>(),
        ["delete", "update", "create"]
    );
    // Of the same name, and yet another one.
    let new = new_environment(&*store, "live").await;
    assert_ne!((new.id, &new.epoch), (old.id, &old.epoch));
    assert_eq!(store.document(new.id).await.unwrap().parts, []);
}

async fn a_restored_database_begins_another_epoch(place: Place) {
    let store = place.open().await;
    let before = [new_environment(&*store, "a").await, new_environment(&*store, "b").await];
    store.change(change(before[1].id, vec![edit("beta", Some("{}"))], 3)).await.unwrap();
    store.renew_epochs(author(4)).await.unwrap();
    let after = store.environments().await.unwrap();
    for (before, after) in before.iter().zip(&after) {
        assert_ne!(before.epoch, after.epoch);
        assert_eq!(before.id, after.id);
    }
    assert_ne!(after[0].epoch, after[1].epoch);
    assert_eq!((after[0].version, after[1].version), (0, 1));
    assert_eq!(store.document(before[1].id).await.unwrap().parts.len(), 1);
}

async fn what_was_kept_is_there_after_opening_again(place: Place) {
    let store = place.open().await;
    let environment = new_environment(&*store, "live").await;
    store.change(change(environment.id, vec![edit("beta", Some("{}"))], 3)).await.unwrap();
    let before = store.document(environment.id).await.unwrap();
    store.close().await;
    assert_eq!(store.ping().await.unwrap_err().kind(), ErrorKind::Unavailable);
    let error = store.change(change(environment.id, Vec::new(), 4)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    drop(store);
    let store = place.open().await;
    assert_eq!(store.document(environment.id).await.unwrap(), before);
}
