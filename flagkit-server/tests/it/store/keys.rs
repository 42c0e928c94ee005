//! Keys.

use std::sync::Arc;

use flagkit_server::keys::{KeyRefusal, Keyring, SecretKey};
use flagkit_server::model::{HistoryQuery, KeyId, NewKey, Scope, Subject};
use flagkit_server::store::{ErrorKind, Notice, Store};

use crate::support::{Place, author, hexadecimal, new_environment, on_both};

on_both![
    a_key_is_stored_without_the_key,
    a_key_is_stored_once_and_for_an_environment_that_is_there,
    a_revoked_key_stays_revoked,
    a_rotated_key_is_good_until_its_time_has_come,
    the_first_key_is_created_once,
    uses_are_noted_and_never_go_back,
    keys_go_with_their_environment,
    history_tells_of_keys_and_shows_none,
];

fn admin() -> (SecretKey, NewKey) {
    let key = SecretKey::random(Scope::Admin).unwrap();
    let new = key.to_new(Scope::Admin, None, "root");
    (key, new)
}

async fn find(store: &dyn Store, key: &SecretKey, now_ms: u64) -> Result<KeyId, KeyRefusal> {
    let ring = Keyring::new(store.keys().await.unwrap());
    ring.find(key.reveal(), now_ms).map(|key| key.id)
}

async fn a_key_is_stored_without_the_key(place: Place) {
    let store = place.open().await;
    let mut notices = store.notices();
    let environment = new_environment(&*store, "live").await;
    let secret = SecretKey::random(Scope::Server).unwrap();
    let new = NewKey {
        expires_at_ms: Some(99),
        ..secret.to_new(Scope::Server, Some(environment.id), "backend")
    };
    let key = store.create_key(new, author(5)).await.unwrap();
    assert_eq!(
        (key.environment, key.scope, &*key.name),
        (Some(environment.id), Scope::Server, "backend")
    );
    assert_eq!((key.created_at_ms, &*key.created_by, key.expires_at_ms), (5, "ada", Some(99)));
    assert_eq!((key.revoked_at_ms, key.last_used_at_ms), (None, None));
    assert!(secret.reveal().starts_with(&key.prefix));
    while notices.recv().await.unwrap() != Notice::Keys {}
    assert_eq!(find(&*store, &secret, 98).await, Ok(key.id));
    assert_eq!(find(&*store, &secret, 99).await, Err(KeyRefusal::Expired));
}

async fn a_key_is_stored_once_and_for_an_environment_that_is_there(place: Place) {
    let store = place.open().await;
    let environment = new_environment(&*store, "live").await;
    let (secret, new) = admin();
    store.create_key(new.clone(), author(1)).await.unwrap();
    let error = store.create_key(new, author(2)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists);
    store.delete_environment(environment.id, author(3)).await.unwrap();
    let orphan = secret.to_new(Scope::Server, Some(environment.id), "orphan");
    let error = store.create_key(orphan, author(4)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(store.keys().await.unwrap().len(), 1);
}

async fn a_revoked_key_stays_revoked(place: Place) {
    let store = place.open().await;
    let (secret, new) = admin();
    let key = store.create_key(new, author(1)).await.unwrap();
    let revoked = store.revoke_key(key.id, author(7)).await.unwrap();
    assert_eq!(revoked.revoked_at_ms, Some(7));
    let again = store.revoke_key(key.id, author(9)).await.unwrap();
    assert_eq!(again.revoked_at_ms, Some(7));
    assert_eq!(find(&*store, &secret, 8).await, Err(KeyRefusal::Revoked));
    let error = store.revoke_key(KeyId(key.id.0 + 100), author(9)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let (_, new) = admin();
    let error = store.rotate_key(key.id, new, 100, author(10)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
}

async fn a_rotated_key_is_good_until_its_time_has_come(place: Place) {
    let store = place.open().await;
    let ((old, old_new), (new, new_new)) = (admin(), admin());
    let first = store.create_key(old_new, author(1)).await.unwrap();
    let second = store.rotate_key(first.id, new_new, 100, author(2)).await.unwrap();
    assert_eq!(find(&*store, &old, 99).await, Ok(first.id));
    assert_eq!(find(&*store, &new, 99).await, Ok(second.id));
    assert_eq!(find(&*store, &old, 100).await, Err(KeyRefusal::Expired));
    assert_eq!(find(&*store, &new, 100).await, Ok(second.id));
    // Rotating again does not make it good for longer.
    let (_, third) = admin();
    store.rotate_key(first.id, third, 500, author(3)).await.unwrap();
    assert_eq!(find(&*store, &old, 100).await, Err(KeyRefusal::Expired));
}

async fn the_first_key_is_created_once(place: Place) {
    let store = place.open().await;
    let environment = new_environment(&*store, "live").await;
    let secret = SecretKey::random(Scope::Admin).unwrap();
    let of_one = secret.to_new(Scope::Admin, Some(environment.id), "admin of one environment");
    store.create_key(of_one, author(1)).await.unwrap();
    let starts = (0..8).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.create_first_key(admin().1, author(1)).await.unwrap() })
    });
    let mut created = 0;
    for start in starts.collect::<Vec<_>>() {
        created += u32::from(start.await.unwrap());
    }
    assert_eq!(created, 1);
    let root = store.keys().await.unwrap().pop().unwrap();
    store.revoke_key(root.id, author(2)).await.unwrap();
    // Whoever took it back did not want to be given another one.
    assert!(!store.create_first_key(admin().1, author(3)).await.unwrap());
}

async fn uses_are_noted_and_never_go_back(place: Place) {
    let store = place.open().await;
    let first = store.create_key(admin().1, author(1)).await.unwrap().id;
    let second = store.create_key(admin().1, author(1)).await.unwrap().id;
    store.note_key_uses(vec![(second, 70), (first, 50), (KeyId(9999), 1)]).await.unwrap();
    store.note_key_uses(vec![(first, 40), (second, 80)]).await.unwrap();
    let keys = store.keys().await.unwrap();
    let used: Vec<_> = keys.iter().map(|key| key.last_used_at_ms).collect();
    assert_eq!(used, [Some(50), Some(80)]);
}

async fn keys_go_with_their_environment(place: Place) {
    let store = place.open().await;
    let environment = new_environment(&*store, "live").await;
    let secret = SecretKey::random(Scope::Client).unwrap();
    let new = secret.to_new(Scope::Client, Some(environment.id), "web");
    store.create_key(new, author(1)).await.unwrap();
    let mut notices = store.notices();
    store.delete_environment(environment.id, author(2)).await.unwrap();
    while notices.recv().await.unwrap() != Notice::Keys {}
    assert_eq!(find(&*store, &secret, 3).await, Err(KeyRefusal::Unknown));
}

async fn history_tells_of_keys_and_shows_none(place: Place) {
    let store = place.open().await;
    let (secret, new) = admin();
    let hash = hexadecimal(&new.hash.0);
    let key = store.create_key(new, author(1)).await.unwrap();
    store.rotate_key(key.id, admin().1, 50, author(2)).await.unwrap();
    store.revoke_key(key.id, author(3)).await.unwrap();
    let query = HistoryQuery { subject: Some(Subject::Key), limit: 10, ..HistoryQuery::default() };
    let records = store.history(query).await.unwrap();
    let actions: Vec<_> = records.iter().rev().map(|record| &*record.action).collect();
    assert_eq!(actions, ["create", "rotate", "create", "revoke"]);
    let shown = format!("{records:?}");
    assert!(!shown.contains(secret.reveal()) && !shown.contains(&hash), "{shown}");
}
