//! The provider of OpenFeature, asked through OpenFeature's own clients.

use std::future::Future;

use flagkit::Client;
use flagkit::provider::Provider;
use open_feature::provider::FeatureProvider;
use open_feature::{
    Client as Asking, EvaluationContext, EvaluationErrorCode, EvaluationReason, FlagMetadata,
    OpenFeature,
};

mod contexts;
mod hooks;
#[cfg(feature = "openfeature")]
mod specification;
mod status;
mod values;

const FLAGS: &str = r#"
schema: flagkit/1
revision: 7
environment: production
flags:
  on: { enabled: true, rollout_percentage: 100, metadata: { owner: payments, cost: 0.5, tags: [a] } }
  off: { enabled: false }
  germans:
    enabled: true
    targeting_rules:
      - { id: de, conditions: [{ attribute: country, operator: equals, value: DE }] }
  color:
    enabled: true
    default: grey
    rollout_percentage: 100
    variants: { green: { weight: 1, value: "green-0f0" } }
  broken: { enabled: maybe }
"#;

/// Runs a future of OpenFeature's.
fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// OpenFeature's client of an API of its own, over these flags.
fn asking(flags: Client) -> Asking {
    let mut api = OpenFeature::default();
    run(api.set_provider(Provider::new(flags)));
    api.create_client()
}

fn of_text(flags: &str) -> Asking {
    asking(Client::from_text(flags).unwrap())
}

#[test]
fn an_answer_says_which_variant_why_and_which_flags() {
    let flags = of_text(FLAGS);
    let context = EvaluationContext::default().with_targeting_key("u-7");
    let color = run(flags.get_string_details("color", Some(&context), None)).unwrap();
    assert_eq!((color.value.as_str(), color.variant.as_deref()), ("green-0f0", Some("green")));
    assert_eq!(color.reason, Some(EvaluationReason::Split));
    let german = context.with_custom_field("country", "DE");
    let germans = run(flags.get_bool_details("germans", Some(&german), None)).unwrap();
    assert_eq!((germans.value, germans.reason), (true, Some(EvaluationReason::TargetingMatch)));
    let about = FlagMetadata::default()
        .with_value("flagSetId", "production")
        .with_value("version", "7")
        .with_value("rule", "de");
    assert_eq!(germans.flag_metadata, about);
    let off = run(flags.get_bool_details("off", None, None)).unwrap();
    assert_eq!((off.value, off.reason), (false, Some(EvaluationReason::Disabled)));
    let on = run(flags.get_bool_details("on", None, None)).unwrap();
    let own = FlagMetadata::default()
        .with_value("owner", "payments")
        .with_value("cost", 0.5)
        .with_value("tags", r#"["a"]"#)
        .with_value("flagSetId", "production")
        .with_value("version", "7");
    assert_eq!(on.flag_metadata, own);
}

#[test]
fn errors_have_their_code_and_say_what_is_wrong() {
    use EvaluationErrorCode::{FlagNotFound, ParseError, TypeMismatch};
    let flags = of_text(FLAGS);
    for (key, code, word) in [
        ("missing", FlagNotFound, "`missing`"),
        ("broken", ParseError, "malformed"),
        ("color", TypeMismatch, "a boolean"),
    ] {
        let error = run(flags.get_bool_value(key, None, None)).unwrap_err();
        assert_eq!(error.code, code, "{key}");
        assert!(error.message.as_ref().unwrap().contains(word), "{error:?}");
    }
}

#[cfg(feature = "openfeature")]
#[test]
fn a_flag_that_serves_the_default_of_its_caller_leaves_it_to_the_caller() {
    let flags = of_text(
        r#"{ "size": { "disabled": true, "variants": { "big": 9 }, "defaultVariant": "big",
             "flagMetadata": null } }"#,
    );
    let error = run(flags.get_int_value("size", None, None)).unwrap_err();
    assert_eq!(error.code, EvaluationErrorCode::General("GENERAL".to_owned()));
    assert!(error.message.unwrap().ends_with("the default of its caller: DISABLED"));
}

#[test]
fn overrides_of_a_test_hold_through_openfeature() {
    let flags = of_text(FLAGS);
    let _blue = flagkit::testing::with("color", "blue");
    assert_eq!(run(flags.get_string_value("color", None, None)).unwrap(), "blue");
    assert_eq!(run(flags.get_string_value("other", None, None)).ok(), None);
}

#[test]
fn the_flags_of_the_process_have_a_provider() {
    let provider = Provider::global();
    assert_eq!(provider.metadata().name, "flagkit");
    let _on = flagkit::testing::with("of-the-process", true);
    let nobody = EvaluationContext::default();
    assert!(run(provider.resolve_bool_value("of-the-process", &nobody)).unwrap().value);
    assert_eq!(provider.client().is_ready(), flagkit::client().is_ready());
}
