use flagkit::{Client, Context, Mismatch};

mod fine {
    flagkit::flags! {
        /// On for some.
        pub BETA: bool = false, owner = "core", expires = "2999-01-01";
        pub UPLOAD_MB: i64 = 10, key = "upload.mb";
        pub RATIO: f64 = 0.25;
        pub HERO: enum Hero { Plain = "plain", /// With pictures.
            Rich = "rich" } = Hero::Plain;
        pub GREETING: Str = "Hello";
    }
}

use fine::{BETA, DECLARED_FLAGS, GREETING, HERO, Hero, RATIO, UPLOAD_MB};

const FLAGS: &str = r#"{"schema": "flagkit/1", "flags": {
    "beta": {"enabled": true, "overrides": {"u-1": true}},
    "upload.mb": {"enabled": true, "rollout_percentage": 100, "variants": {"big": {"weight": 1, "value": 50}}},
    "ratio": {"enabled": true, "rollout_percentage": 100, "variants": {"all": {"weight": 1, "value": 1}}},
    "hero": {"enabled": true, "default": "plain", "variants": {"plain": {"weight": 1}, "rich": {"weight": 1}}, "overrides": {"u-1": "rich"}},
    "greeting": {"enabled": true, "rollout_percentage": 100, "variants": {"hi": {"weight": 1, "value": "Hi"}}}
}}"#;

#[test]
fn handles_read_their_flag() {
    let client = Client::from_text(FLAGS).unwrap();
    let (first, second) = (Context::new("u-1"), Context::new("u-2"));
    for _ in 0..3 {
        assert!(BETA.get_from(&client, &first) && !BETA.get_from(&client, &second));
        assert_eq!(UPLOAD_MB.get_from(&client, &first), 50);
        assert_eq!(RATIO.get_in(&client.view(), &first), 1.0);
        assert_eq!(HERO.get_from(&client, &first), Hero::Rich);
        assert_eq!(HERO.get_from(&client, &second), Hero::Plain);
        assert_eq!(GREETING.get_from(&client, &first), "Hi");
    }
}

#[test]
fn handles_follow_their_flag_through_changes_and_clients() {
    let client = Client::from_text(FLAGS).unwrap();
    let first = Context::new("u-1");
    assert_eq!(UPLOAD_MB.get_from(&client, &first), 50);
    client.replace(r#"{"schema": "flagkit/1", "flags": {"a": {}, "beta": {"enabled": true, "rollout_percentage": 100}}}"#).unwrap();
    assert!(BETA.get_from(&client, &Context::new("u-2")));
    assert_eq!(UPLOAD_MB.get_from(&client, &first), 10, "a flag that is gone answers its default");
    client.replace(FLAGS).unwrap();
    assert_eq!(UPLOAD_MB.get_from(&client, &first), 50);
    let other = Client::from_text(
        r#"{"schema": "flagkit/1", "flags": {"upload.mb": {"enabled": false, "default": 7}}}"#,
    )
    .unwrap();
    assert_eq!(UPLOAD_MB.get_from(&other, &first), 7);
    assert_eq!(UPLOAD_MB.get_from(&client, &first), 50);
}

#[test]
fn declarations_that_fit_are_verified() {
    assert_eq!(Client::from_text(FLAGS).unwrap().verify(DECLARED_FLAGS), Ok(()));
}

mod odd {
    flagkit::flags! {
        MISSING: bool = true;
        TYPED: i64 = 1;
        BROKEN: bool = true;
        CHOICE: enum Choice { Left = "left", Up = "up" } = Choice::Left;
        OLD: bool = false, owner = "search", expires = "2020-02-29";
    }
}

#[test]
fn every_kind_of_mismatch_is_told() {
    let client = Client::from_text(
        r#"{"schema": "flagkit/1", "flags": {
        "typed": {"enabled": true},
        "broken": {"enabled": "yes"},
        "choice": {"enabled": true, "variants": {"left": {"weight": 1}, "right": {"weight": 1}}},
        "old": {"enabled": true}
    }}"#,
    )
    .unwrap();
    let error = client.verify(odd::DECLARED_FLAGS).unwrap_err();
    assert_eq!(
        error.to_string().lines().collect::<Vec<_>>(),
        [
            "flag `missing` is declared but not in the document",
            "flag `typed` is declared as an integer but serves false, a boolean",
            "flag `broken` is malformed",
            "flag `choice` is declared as one of several texts but serves \"right\", text",
            "flag `choice` is declared with `up`, which no variant serves",
            "flag `old` should have been removed by 2020-02-29 (owner: search)",
        ]
    );
    assert!(matches!(error.mismatches()[0], Mismatch::Missing { .. }));
}
