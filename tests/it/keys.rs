//! Flags that are asked by keys which remember their place, and what is lent of the answers.

use flagkit::{Client, Column, Context, ErrorCode, FlagKey, Key, Reason, Rows, Value, ValueRef};

const BETA: &str = "
schema: flagkit/1
flags:
  beta: { enabled: true, rollout_percentage: 100, metadata: { owner: payments } }
  color: { enabled: true, rollout_percentage: 100, variants: { red: { weight: 1, value: '#f00' } } }
";

#[test]
fn a_key_finds_its_flag_wherever_it_lies() {
    let beta = FlagKey::new("beta");
    let empty = Client::from_text("schema: flagkit/1\nflags: {}").unwrap();
    let client = Client::from_text(BETA).unwrap();
    let user = Context::new("u-1");
    for _ in 0..3 {
        assert!(!empty.is_enabled(&beta, &user), "there is no such flag");
        assert!(client.is_enabled(&beta, &user));
        assert!(client.view().is_enabled(&beta, &user));
    }
    client.replace("schema: flagkit/1\nflags: { a: {}, b: {}, beta: { enabled: false } }").unwrap();
    assert!(!client.is_enabled(&beta, &user));
    client.replace("schema: flagkit/1\nflags: { a: {}, b: {} }").unwrap();
    let gone = client.boolean_details(&beta, &user, true);
    assert_eq!((gone.value, gone.error), (true, Some(ErrorCode::FlagNotFound)));
    client.replace(BETA).unwrap();
    assert!(client.boolean(&beta, &user, false));
    assert_eq!(beta.as_key(), "beta");
}

#[test]
fn texts_of_every_kind_are_keys() {
    let client = Client::from_text(BETA).unwrap();
    let user = Context::new("u-1");
    let owned = String::from("beta");
    assert!(client.is_enabled(&owned, &user) && client.is_enabled(owned.as_str(), &user));
    assert!(
        client.is_enabled(&"beta", &user) && client.is_enabled(&flagkit::Str::from("beta"), &user)
    );
    let keys = [FlagKey::new("color"), FlagKey::new("beta")];
    let view = client.view();
    let found = view.resolve_many(&keys, &user);
    assert_eq!(found.iter().map(flagkit::Evaluation::key).collect::<Vec<_>>(), ["color", "beta"]);
    assert!(found[1].is_enabled());
}

#[test]
fn what_is_lent_is_what_single_calls_copy() {
    let client = Client::from_text(BETA).unwrap();
    let (view, user) = (client.view(), Context::new("u-1"));
    for key in ["beta", "color", "none"] {
        let copied = client.json_details(key, &user, Value::Null);
        let check = |found: &flagkit::Evaluation<'_>| {
            assert_eq!(found.value().cloned().unwrap_or_default(), copied.value);
            assert_eq!(found.served(), found.value());
            assert_eq!(found.variant(), copied.variant.as_deref());
            assert_eq!((found.reason(), found.error()), (copied.reason, copied.error));
            assert_eq!(found.metadata(), copied.metadata.as_deref());
        };
        client.evaluate_with(key, &user, check);
        check(&view.evaluate(&FlagKey::new(key), &user));
    }
    let nothing = Client::builder().options(flagkit::Options::offline).open().unwrap();
    let found = nothing.evaluate_with("beta", &user, |found| (found.reason(), found.error()));
    assert_eq!(found, (Reason::Error, Some(ErrorCode::ProviderNotReady)));
}

#[test]
fn what_a_test_overrides_is_not_lent_for_longer() {
    let client = Client::from_text(BETA).unwrap();
    let _blue = flagkit::testing::with("color", "#00f");
    client.evaluate_with("color", &(), |found| {
        assert_eq!(found.get::<flagkit::Str>().as_deref(), Some("#00f"));
        assert_eq!((found.served(), found.reason()), (None, Reason::Static));
    });
}

/// Texts between commas.
struct Commas(&'static str);

impl Rows for Commas {
    fn len(&self) -> usize {
        self.0.split(',').count()
    }

    fn get(&self, row: usize) -> Option<ValueRef<'_>> {
        self.0.split(',').nth(row).filter(|text| !text.is_empty()).map(ValueRef::from)
    }
}

#[test]
fn columns_may_lie_anywhere() {
    let client = Client::from_text(
        "schema: flagkit/1\nflags: {de: {enabled: true, targeting_rules: [{id: de, conditions: [{attribute: country, operator: equals, values: [DE]}]}]}}",
    )
    .unwrap();
    let view = client.view();
    let (ids, countries) = (Commas("a,b,c,d"), Commas("DE,FR,,DE"));
    let served =
        view.evaluate_column("de", Column::Rows(&ids), &[("country", Column::Rows(&countries))]);
    let on: Vec<bool> = (0..served.len()).map(|row| served.is_enabled(row)).collect();
    assert_eq!(on, [true, false, false, true]);
    let shown = format!("{:?}", Column::Rows(&countries));
    assert!(shown.contains("DE") && shown.contains("FR"), "{shown}");
}
