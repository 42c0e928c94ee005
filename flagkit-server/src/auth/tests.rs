use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Access, Caller, Keys, key_of};
use crate::keys::{Keyring, SecretKey};
use crate::model::{ApiKey, EnvironmentId, KeyId, Scope};

fn headers(entries: &[(&'static str, &str)]) -> HeaderMap {
    let entry = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
    };
    entries.iter().map(entry).collect()
}

#[test]
fn a_key_comes_in_three_ways() {
    let cases = [
        (vec![("authorization", "Bearer abc")], Some("abc")),
        (vec![("authorization", "bearer  abc ")], Some("abc")),
        (vec![("authorization", "abc")], Some("abc")),
        (vec![("x-api-key", "abc")], Some("abc")),
        (vec![("authorization", "abc"), ("x-api-key", "def")], Some("abc")),
        (vec![("authorization", "Basic abc")], None),
        (vec![], None),
    ];
    for (entries, wanted) in cases {
        assert_eq!(key_of(&headers(&entries)), wanted, "{entries:?}");
    }
}

fn key(text: &str, scope: Scope, expires_at_ms: Option<u64>) -> ApiKey {
    let new = SecretKey::chosen(text.to_owned()).to_new(scope, Some(EnvironmentId(3)), "ci");
    ApiKey {
        id: KeyId(9),
        environment: new.environment,
        scope,
        name: new.name,
        prefix: new.prefix,
        hash: new.hash,
        created_at_ms: 0,
        created_by: "test".to_owned(),
        expires_at_ms,
        revoked_at_ms: None,
        last_used_at_ms: None,
    }
}

#[test]
fn only_known_keys_are_let_in_and_their_use_is_noted() {
    let keys = Keys::default();
    *keys.ring.write() = Keyring::new(vec![
        key("a-known-key", Scope::Server, None),
        key("an-expired-key", Scope::Server, Some(1)),
    ]);
    let caller = keys.caller(&headers(&[("x-api-key", "a-known-key")])).unwrap();
    assert_eq!((caller.key, caller.name.as_str()), (KeyId(9), "ci"));
    assert_eq!(keys.take_uses().len(), 1);
    assert!(keys.take_uses().is_empty());
    for unknown in ["a-known-keY", "", "a-known-key-and-more", "an-expired-key"] {
        let refusal = keys.caller(&headers(&[("authorization", unknown)])).unwrap_err();
        assert_eq!(refusal.status.as_u16(), 401, "{unknown}");
        assert!(!format!("{refusal:?}").contains("a-known-key"), "{refusal:?}");
    }
    assert_eq!(keys.caller(&HeaderMap::new()).unwrap_err().status.as_u16(), 401);
}

#[test]
fn each_scope_may_what_it_is_for() {
    use Access::{Change, Documents, Evaluations, Look};
    let cases = [
        (Scope::Server, vec![Documents, Evaluations]),
        (Scope::Client, vec![Evaluations]),
        (Scope::Admin, vec![Look, Change, Documents, Evaluations]),
        (Scope::ReadOnly, vec![Look, Documents, Evaluations]),
    ];
    for (scope, may) in cases {
        let caller = Caller {
            key: KeyId(1),
            name: String::new(),
            scope,
            environment: Some(EnvironmentId(1)),
        };
        for access in [Look, Change, Documents, Evaluations] {
            assert_eq!(caller.check(access).is_ok(), may.contains(&access), "{scope:?} {access:?}");
        }
        assert!(caller.check_environment(EnvironmentId(1)).is_ok());
        assert_eq!(caller.check_environment(EnvironmentId(2)).unwrap_err().status.as_u16(), 403);
        assert!(caller.check_everywhere().is_err());
    }
}
