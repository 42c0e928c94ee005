use flagkit::{AttributeValue, Attributes, Client, ValueRef, ctx};

#[derive(Attributes)]
struct Device {
    os: String,
    versions: Vec<String>,
}

#[derive(Attributes)]
struct User<'a> {
    #[flag(key)]
    id: u64,
    country: &'a str,
    plan: Option<String>,
    device: Device,
    #[flag(name = "signed-up")]
    signed_up: i64,
    #[flag(private)]
    email: String,
    #[flag(skip)]
    #[expect(dead_code, reason = "shows that a skipped field may be of any type")]
    secret: Vec<u8>,
}

fn user() -> User<'static> {
    User {
        id: 42,
        country: "DE",
        plan: None,
        device: Device { os: "iOS".into(), versions: vec!["17".into(), "18".into()] },
        signed_up: 1_700_000_000,
        email: "ada@example.com".into(),
        secret: vec![1],
    }
}

fn holds(when: &str) -> bool {
    let text = format!(
        "schema: flagkit/1\nflags: {{f: {{enabled: true, targeting_rules: [{{id: r, when: {when:?}}}]}}}}"
    );
    let client = Client::from_text(&text).unwrap();
    assert!(client.status().diagnostics.is_empty(), "{:?}", client.status());
    client.is_enabled("f", &user())
}

#[test]
fn fields_are_attributes() {
    for when in [
        "country == 'DE'",
        "user_id == 42",
        "targetingKey == 42",
        "plan not_exists",
        "device.os == 'iOS'",
        "device.versions == '18'",
        "signed-up after '2023-01-01T00:00:00Z'",
        "email ends_with '@example.com'",
    ] {
        assert!(holds(when), "{when}");
    }
    assert!(!holds("secret exists") && !holds("id exists"));
}

#[test]
fn private_attributes_are_never_listed() {
    let mut names = Vec::new();
    user().each_attribute(&mut |name, _| names.push(name.to_owned()));
    assert_eq!(names, ["country", "plan", "device", "signed-up"]);
}

#[test]
fn a_borrowed_context_is_made_in_place() {
    let text = "schema: flagkit/1\nflags: {f: {enabled: true, targeting_rules: [{id: r, when: \"user_id == 'u-1' and age > 30 and tags == 'b'\"}]}}";
    let client = Client::from_text(text).unwrap();
    let (id, tags) = (String::from("u-1"), ["a", "b"]);
    assert!(client.is_enabled("f", ctx!(id, "age" => 37, "tags" => tags)));
    assert!(!client.is_enabled("f", ctx!("u-2", "age" => 37, "tags" => tags)));
    assert!(matches!(None::<bool>.as_value(), ValueRef::Null));
}
