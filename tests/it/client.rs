use std::sync::{Arc, Mutex};

use flagkit::{Client, Context, Dialect, ErrorCode, Reason, Value};

const FLAGS: &str = r#"
schema: flagkit/1
revision: 7
environment: production
flags:
  on: { enabled: true, rollout_percentage: 100, metadata: { owner: payments } }
  off: { enabled: false }
  color:
    enabled: true
    default: grey
    rollout_percentage: 100
    variants: { green: { weight: 1, value: "green-0f0" } }
  limits:
    enabled: true
    rollout_percentage: 100
    variants: { high: { weight: 1, value: { mb: 10, ratio: 0.5, tags: [a, b] } } }
  number: { enabled: true, rollout_percentage: 100, variants: { ten: { weight: 1, value: 10 } } }
  half: { enabled: true, rollout_percentage: 100, variants: { half: { weight: 1, value: 0.5 } } }
  germans:
    enabled: true
    targeting_rules:
      - { id: de, conditions: [{ attribute: country, operator: equals, values: [DE] }] }
"#;

fn client() -> Client {
    Client::from_text(FLAGS).unwrap()
}

#[test]
fn typed_calls_answer_with_values_or_the_default() {
    let (client, nobody) = (client(), Context::anonymous());
    assert!(client.boolean("on", &nobody, false));
    assert!(!client.boolean("off", &nobody, true), "an off flag has a value of its own");
    assert!(client.boolean("missing", &nobody, true));
    assert_eq!(client.string("color", &nobody, "blue"), "green-0f0");
    assert_eq!(client.string("on", &nobody, "blue"), "blue", "a boolean is no text");
    assert_eq!(client.integer("number", &nobody, 1), 10);
    assert_eq!(client.integer("half", &nobody, 1), 1, "a fraction is no integer");
    assert_eq!(client.float("number", &nobody, 1.0), 10.0);
    assert_eq!(client.float("half", &nobody, 1.0), 0.5);
    let limits = client.json("limits", &nobody, Value::Null);
    assert_eq!(limits.to_string(), r#"{"mb":10,"ratio":0.5,"tags":["a","b"]}"#);
}

#[test]
fn details_say_why() {
    let client = client();
    let german = Context::new("u-1").with("country", "DE");
    let found = client.is_enabled_details("germans", &german);
    assert_eq!((found.value, found.reason), (true, Reason::TargetingMatch));
    assert_eq!(found.rule.as_deref(), Some("de"));
    let found = client.string_details("color", &german, "blue");
    assert_eq!((found.variant.as_deref(), found.reason), (Some("green"), Reason::Split));
    assert_eq!(client.boolean_details("off", &german, true).reason, Reason::Disabled);
    let owner = client.boolean_details("on", &german, false).metadata.unwrap();
    assert_eq!(owner.get("owner").and_then(Value::as_str), Some("payments"));
}

#[test]
fn errors_are_details_too() {
    let (client, nobody) = (client(), Context::anonymous());
    let missing = client.integer_details("missing", &nobody, 3);
    assert_eq!((missing.value, missing.error), (3, Some(ErrorCode::FlagNotFound)));
    assert_eq!((missing.reason, missing.enabled), (Reason::Error, false));
    let wrong = client.integer_details("color", &nobody, 3);
    assert_eq!((wrong.value, wrong.error), (3, Some(ErrorCode::TypeMismatch)));
}

#[test]
fn a_malformed_flag_answers_for_itself_alone() {
    let text = "schema: flagkit/1\nflags: {odd: {enabled: 7}, fine: {enabled: true, rollout_percentage: 100}}";
    let client = Client::from_text(text).unwrap();
    let odd = client.boolean_details("odd", &(), true);
    assert_eq!((odd.value, odd.error), (true, Some(ErrorCode::ParseError)));
    assert!(client.is_enabled("fine", &()));
    let status = client.status();
    assert!(
        status.is_ready && status.diagnostics[0].to_string().starts_with("flags.odd.enabled: ")
    );
}

#[test]
fn nothing_that_works_is_replaced_by_something_broken() {
    let client = client();
    for bad in [
        "",
        "{",
        "flags: 7",
        "schema: flagkit/9\nflags: {}",
        "schema: flagkit/1\nflags: {on: {enabled: 7}}",
    ] {
        let error = client.replace(bad).unwrap_err();
        assert!(error.is_no_document() || !error.diagnostics().is_empty(), "{bad:?}: {error}");
        assert!(client.is_enabled("on", &()), "{bad:?}");
        assert_eq!(client.status().revision, Some(7));
    }
}

#[test]
fn trouble_that_was_there_before_is_not_forgotten() {
    let text = |percentage: u32| {
        format!(
            "schema: flagkit/1\nflags: {{a: {{enabled: true, dependencies: [gone]}}, b: {{enabled: true, rollout_percentage: {percentage}}}}}"
        )
    };
    let client = Client::from_text(&text(0)).unwrap();
    assert_eq!(client.status().diagnostics.len(), 1);
    assert_eq!(client.replace(&text(100)).unwrap_err().diagnostics().len(), 1);
    assert_eq!(client.status().diagnostics.len(), 1);
}

#[test]
fn listeners_hear_which_flags_changed() {
    let client = client();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let subscription = client.subscribe({
        let heard = heard.clone();
        move |change| heard.lock().unwrap().push(change.clone())
    });
    let edited = FLAGS
        .replace("off: { enabled: false }", "extra: { enabled: true }")
        .replace("[DE]", "[FR]")
        .replace("revision: 7", "revision: 8");
    client.replace(&edited).unwrap();
    client.replace(&edited).unwrap();
    drop(subscription);
    client.replace(FLAGS).unwrap();
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1, "the same flags again are no change");
    assert_eq!(heard[0].flags, ["extra", "germans", "off"]);
    assert_eq!(heard[0].revision, Some(8));
    assert!(client.is_enabled("germans", &Context::anonymous().with("country", "DE")));
}

#[test]
fn the_environment_can_be_chosen() {
    let text = "schema: flagkit/1\nenvironment: production\nflags: {beta: {enabled: true, environments: [staging], rollout_percentage: 100}}";
    assert!(!Client::from_text(text).unwrap().is_enabled("beta", &()));
    let staging = Client::builder().environment("staging").text(text).unwrap();
    assert!(staging.is_enabled("beta", &()));
}

#[test]
fn older_shapes_load_by_name_and_by_looks() {
    let text = r#"{"name": "old", "status": "conditional", "rollout_rules": [{"strategy": "user_list", "parameters": {"users": ["u-1"]}, "enabled": true}]}"#;
    for client in
        [Client::from_text(text), Client::from_document(Dialect::RolloutRules, text.as_bytes())]
    {
        let client = client.unwrap();
        assert!(client.is_enabled("old", &Context::new("u-1")));
        assert!(!client.is_enabled("old", &Context::new("u-2")));
    }
}

#[test]
fn explanations_name_rules_and_values() {
    let text = client().explain("germans", &Context::new("u-1").with("country", "FR")).to_string();
    assert!(text.contains("rule 1 `de`") && text.contains(r#"it is "FR""#), "{text}");
}
