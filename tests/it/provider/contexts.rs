//! Contexts: whatever OpenFeature can say about who asks reaches the rules.

use flagkit::provider::structure;
use open_feature::{
    EvaluationContext, EvaluationContextFieldValue as Field, EvaluationErrorCode, StructValue,
    Value,
};
use time::OffsetDateTime;

use super::{of_text, run};

/// Whether a flag is on whose only rule is this condition.
fn holds(condition: &str, context: &EvaluationContext) -> Result<bool, EvaluationErrorCode> {
    let flags = of_text(&format!(
        "schema: flagkit/1\nflags:\n  f:\n    enabled: true\n    targeting_rules:\n      - id: only\n        \
         conditions: [{condition}]"
    ));
    run(flags.get_bool_value("f", Some(context), None)).map_err(|error| error.code)
}

#[test]
fn fields_of_every_kind_are_attributes() {
    let time = OffsetDateTime::from_unix_timestamp_nanos(1_796_083_200_500_000_000).unwrap();
    let company = StructValue::default()
        .with_field("plan", "pro")
        .with_field("sizes", vec![1, 2])
        .with_field("owner", StructValue::default().with_field("age", 41.5));
    let context = EvaluationContext::default()
        .with_targeting_key("u-7")
        .with_custom_field("beta", true)
        .with_custom_field("age", 37)
        .with_custom_field("score", 0.5)
        .with_custom_field("country", "DE")
        .with_custom_field("born", time)
        .with_custom_field("company", Field::new_struct(company))
        .with_custom_field("roles", Field::new_struct(vec!["admin".to_owned(), "dev".to_owned()]))
        .with_custom_field("tags", Field::new_struct(Value::from(vec!["a", "b"])))
        .with_custom_field("own", Field::new_struct(flagkit::Value::from(["x", "y"])));
    for condition in [
        "{attribute: targetingKey, operator: equals, value: u-7}",
        "{attribute: beta, operator: equals, value: true}",
        "{attribute: age, operator: greater_than, value: 36}",
        "{attribute: score, operator: less_than, value: 0.6}",
        "{attribute: country, operator: in, values: [FR, DE]}",
        // 1,796,083,200 seconds are midnight of 2026-12-01.
        "{attribute: born, operator: after, value: '2026-12-01T00:00:00Z'}",
        "{attribute: born, operator: before, value: '2026-12-01T00:00:01Z'}",
        "{attribute: born, operator: equals, value: '2026-12-01T00:00:00.5Z'}",
        "{attribute: company.plan, operator: equals, value: pro}",
        "{attribute: company.owner.age, operator: greater_than, value: 41}",
        "{attribute: company.sizes, operator: equals, value: 2}",
        "{attribute: roles, operator: equals, value: admin}",
        "{attribute: tags, operator: equals, value: b}",
        "{attribute: own, operator: equals, value: y}",
    ] {
        assert_eq!(holds(condition, &context), Ok(true), "{condition}");
        let nobody = EvaluationContext::default();
        assert_eq!(holds(condition, &nobody), Ok(false), "{condition}");
    }
}

#[test]
fn a_type_of_the_application_is_lent_as_it_is() {
    #[derive(flagkit::Attributes)]
    struct Company {
        plan: String,
        seats: i64,
    }
    let company = Company { plan: "pro".to_owned(), seats: 12 };
    let context = EvaluationContext::default().with_custom_field("company", structure(company));
    for condition in [
        "{attribute: company.plan, operator: equals, value: pro}",
        "{attribute: company.seats, operator: equals, value: 12}",
    ] {
        assert_eq!(holds(condition, &context), Ok(true), "{condition}");
    }
}

#[test]
fn percentages_go_by_the_targeting_key() {
    let text = "schema: flagkit/1\nflags: {half: {enabled: true, rollout_percentage: 50}}";
    let (flags, client) = (of_text(text), flagkit::Client::from_text(text).unwrap());
    for number in 0..100 {
        let key = format!("user-{number}");
        let context = EvaluationContext::default().with_targeting_key(&key);
        let found = run(flags.get_bool_value("half", Some(&context), None)).unwrap();
        assert_eq!(found, client.is_enabled("half", &flagkit::Context::new(key)), "{number}");
    }
}

#[test]
fn a_structure_of_an_unknown_type_is_told_to_those_who_ask_for_it() {
    struct Session;
    let context = EvaluationContext::default()
        .with_custom_field("country", "DE")
        .with_custom_field("session", Field::new_struct(Session));
    let country = "{attribute: country, operator: equals, value: DE}";
    assert_eq!(holds(country, &context), Ok(true));
    let session = "{attribute: session.id, operator: equals, value: 1}";
    assert_eq!(holds(session, &context), Err(EvaluationErrorCode::InvalidContext));
}

#[test]
fn what_is_nested_too_deeply_is_no_structure() {
    let nested = |depth: usize| {
        let inner = (1..depth)
            .fold(StructValue::default(), |inner, _| StructValue::default().with_field("a", inner));
        EvaluationContext::default().with_custom_field("deep", Field::new_struct(inner))
    };
    let condition = "{attribute: deep.b, operator: equals, value: 1}";
    assert_eq!(holds(condition, &nested(64)), Ok(false));
    let too_deep = holds(condition, &nested(65));
    assert_eq!(too_deep, Err(EvaluationErrorCode::InvalidContext));
}

/// What OpenFeature says flatly is said to a vendor's flags as its own SDK says it.
#[cfg(feature = "unleash")]
#[test]
fn flags_of_a_vendor_are_asked_in_its_words() {
    let flags = of_text(
        r#"{ "version": 2, "features": [
            { "name": "by-plan", "enabled": true, "strategies": [{ "name": "default",
              "constraints": [{ "contextName": "plan", "operator": "IN", "values": ["pro"] }] }] },
            { "name": "by-user", "enabled": true, "strategies": [{ "name": "userWithId",
              "parameters": { "userIds": "u-7" } }] }] }"#,
    );
    let context =
        EvaluationContext::default().with_targeting_key("u-7").with_custom_field("plan", "pro");
    let other = EvaluationContext::default().with_targeting_key("u-8");
    for flag in ["by-plan", "by-user"] {
        assert_eq!(run(flags.get_bool_value(flag, Some(&context), None)), Ok(true), "{flag}");
        assert_eq!(run(flags.get_bool_value(flag, Some(&other), None)), Ok(false), "{flag}");
    }
}

#[cfg(feature = "eppo")]
#[test]
fn a_vendor_that_wants_a_targeting_key_says_so() {
    let text = r#"{ "createdAt": "2026-01-01T00:00:00Z", "format": "SERVER",
                    "environment": { "name": "test" }, "flags": {}, "bandits": {} }"#;
    let client = flagkit::Client::from_document(flagkit::Dialect::Eppo, text.as_bytes()).unwrap();
    let flags = super::asking(client);
    let context = EvaluationContext::default();
    let error = run(flags.get_bool_value("any", Some(&context), None)).unwrap_err();
    assert_eq!(error.code, EvaluationErrorCode::TargetingKeyMissing);
}
