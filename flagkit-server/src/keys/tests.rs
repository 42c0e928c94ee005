use super::{KeyRefusal, Keyring, SecretKey, prefix};
use crate::model::{ApiKey, KeyId, NewKey, Scope};

fn stored(id: u64, new: NewKey) -> ApiKey {
    ApiKey {
        id: KeyId(id),
        environment: new.environment,
        scope: new.scope,
        name: new.name,
        prefix: new.prefix,
        hash: new.hash,
        created_at_ms: 0,
        created_by: "test".to_owned(),
        expires_at_ms: new.expires_at_ms,
        revoked_at_ms: None,
        last_used_at_ms: None,
    }
}

#[test]
fn a_key_names_its_scope_and_carries_256_random_bits() {
    for scope in Scope::ALL {
        let key = SecretKey::random(scope).unwrap();
        let random = key.reveal().strip_prefix(&format!("fk_{}_", scope.name())).unwrap();
        assert_eq!(random.len(), 43);
        let other = SecretKey::random(scope).unwrap();
        assert_ne!(key.reveal(), other.reveal());
    }
}

#[test]
fn only_the_whole_key_is_found() {
    let key = SecretKey::random(Scope::Server).unwrap();
    let ring = Keyring::new(vec![stored(7, key.to_new(Scope::Server, None, "backend"))]);
    assert_eq!(ring.find(key.reveal(), 0).unwrap().id, KeyId(7));
    let mut changed = key.reveal().to_owned();
    let last = changed.pop().unwrap();
    assert_eq!(ring.find(&changed, 0).unwrap_err(), KeyRefusal::Unknown);
    changed.push(if last == 'A' { 'B' } else { 'A' });
    for wrong in [
        changed.as_str(),
        "",
        "fk_",
        "fk_server_",
        key.to_new(Scope::Server, None, "").prefix.as_str(),
    ] {
        assert_eq!(ring.find(wrong, 0).unwrap_err(), KeyRefusal::Unknown, "{wrong}");
    }
}

#[test]
fn keys_of_one_beginning_are_told_apart() {
    let texts = ["chosen-key-number-1", "chosen-key-number-2", "chosen-key-number-3"];
    let key = |(id, text): (u64, &str)| {
        stored(id, SecretKey::chosen(text.to_owned()).to_new(Scope::Client, None, "web"))
    };
    let ring = Keyring::new((0..).zip(texts).map(key).collect());
    for (id, text) in (0..).zip(texts) {
        assert_eq!(ring.find(text, 0).unwrap().id, KeyId(id));
    }
    assert_eq!(ring.find("chosen-key-number-4", 0).unwrap_err(), KeyRefusal::Unknown);
}

#[test]
fn a_key_is_refused_from_the_moment_it_expires_and_after_it_was_revoked() {
    let key = SecretKey::random(Scope::Admin).unwrap();
    let expiring = NewKey { expires_at_ms: Some(1000), ..key.to_new(Scope::Admin, None, "a") };
    let ring = Keyring::new(vec![stored(1, expiring.clone())]);
    assert!(ring.find(key.reveal(), 999).is_ok());
    assert_eq!(ring.find(key.reveal(), 1000).unwrap_err(), KeyRefusal::Expired);
    let revoked = ApiKey { revoked_at_ms: Some(5), ..stored(1, expiring) };
    let ring = Keyring::new(vec![revoked]);
    assert_eq!(ring.find(key.reveal(), 999).unwrap_err(), KeyRefusal::Revoked);
}

#[test]
fn what_is_shown_of_a_key_is_its_beginning() {
    let key = SecretKey::random(Scope::ReadOnly).unwrap();
    let new = key.to_new(Scope::ReadOnly, None, "auditor");
    assert_eq!(new.prefix.len(), "fk_readonly_".len() + 6);
    assert!(key.reveal().starts_with(&new.prefix));
    for shown in [format!("{key:?}"), format!("{new:?}"), format!("{:?}", stored(1, new.clone()))] {
        let secret = key.reveal().strip_prefix(&new.prefix).unwrap();
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(prefix("secret"), "se");
    assert_eq!(prefix("a-much-longer-chosen-key"), "a-much");
    assert_eq!(prefix("äääääääää"), "äää");
    assert_eq!(prefix("aäääääääää"), "aää");
}
