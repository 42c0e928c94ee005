//! All flags of one context, and one flag of many.

use flagkit::{Client, Context, ErrorCode, Reason, Value};

const DOCUMENT: &str = "
schema: flagkit/1
flags:
  half: { enabled: true, rollout_percentage: 50 }
  pro:
    enabled: true
    variants: { a: { value: 1, weight: 1 }, b: { value: 2, weight: 1 } }
    targeting_rules:
      - { id: pros, conditions: [{ attribute: plan, operator: equals, values: [pro] }], rollout: { percentage: 50, variants: { a: 1, b: 1 } } }
  off: { enabled: false }
  broken: { enabled: yes please }
";

fn client() -> Client {
    Client::from_text(DOCUMENT).unwrap()
}

fn users() -> Vec<String> {
    (0..3_000).map(|number| format!("user-{number}")).collect()
}

#[test]
fn all_flags_answer_as_single_calls() {
    let (client, users) = (client(), users());
    let view = client.view();
    for user in users.iter().take(300) {
        let context = Context::new(user.as_str()).with("plan", "pro");
        let all = view.evaluate_all(&context);
        assert_eq!(all.len(), 4);
        for found in all.iter() {
            let alone = view.json_details(found.key(), &context, Value::Null);
            assert_eq!(found.is_enabled(), alone.enabled, "{}", found.key());
            assert_eq!(found.variant(), alone.variant.as_deref());
            assert_eq!(found.reason(), alone.reason);
            assert_eq!(found.error(), alone.error);
            assert_eq!(found.rule(), alone.rule.as_deref());
            assert_eq!(found.get::<i64>(), alone.value.as_integer());
        }
    }
}

#[test]
fn some_flags_answer_in_the_order_of_their_keys() {
    let client = client();
    let context = Context::new("user-1");
    let view = client.view();
    let found = view.resolve_many(&["off", "unknown", "broken", "half", "off"], &context);
    let keys: Vec<&str> = found.iter().map(flagkit::Evaluation::key).collect();
    assert_eq!(keys, ["off", "unknown", "broken", "half", "off"]);
    assert_eq!(found[0].reason(), Reason::Disabled);
    assert_eq!(found[1].error(), Some(ErrorCode::FlagNotFound));
    assert_eq!(found[2].error(), Some(ErrorCode::ParseError));
    assert_eq!(found[3].is_enabled(), client.is_enabled("half", &context));
}

#[test]
fn a_column_answers_as_single_calls() {
    let (client, users) = (client(), users());
    let view = client.view();
    let plans: Vec<&str> =
        (0..users.len() - 10).map(|row| if row % 3 == 0 { "pro" } else { "free" }).collect();
    for flag in ["half", "pro", "off", "broken", "unknown"] {
        let served = view.evaluate_column(flag, &users, &[("plan", (&plans).into())]);
        assert_eq!(served.len(), users.len());
        let mut enabled = 0;
        for (row, user) in users.iter().enumerate() {
            let mut context = Context::new(user.as_str());
            if let Some(plan) = plans.get(row) {
                context.insert("plan", *plan);
            }
            let alone = view.json_details(flag, &context, Value::Null);
            assert_eq!(served.is_enabled(row), alone.enabled, "{flag} {row}");
            assert_eq!(served.variant(row), alone.variant.as_deref(), "{flag} {row}");
            assert_eq!(served.error(row), alone.error, "{flag} {row}");
            assert_eq!(served.value(row).cloned().unwrap_or_default(), alone.value, "{flag} {row}");
            enabled += usize::from(alone.enabled);
        }
        assert_eq!(served.count_enabled(), enabled, "{flag}");
        assert!(!served.is_enabled(users.len()) && served.value(users.len()).is_none());
    }
}

#[test]
fn ids_may_be_numbers() {
    let client = client();
    let ids: Vec<i64> = (0..500).collect();
    let served = client.view().evaluate_column("half", &ids, &[]).count_enabled();
    let alone = ids.iter().filter(|id| client.is_enabled("half", &Context::new(**id))).count();
    assert_eq!(served, alone);
    assert!((150..350).contains(&alone));
}

#[test]
fn overrides_of_a_test_count() {
    let client = client();
    let context = Context::new("user-1");
    let _on = flagkit::testing::with("off", true);
    let view = client.view();
    let off = |all: &flagkit::Evaluations<'_>| {
        all.iter().find(|found| found.key() == "off").is_some_and(|found| found.is_enabled())
    };
    assert!(off(&view.evaluate_all(&context)));
    let found = view.resolve_many(&["off"], &context);
    assert_eq!((found[0].is_enabled(), found[0].reason()), (true, Reason::Static));
    let served = view.evaluate_column("off", &["a", "b"], &[]);
    assert_eq!((served.count_enabled(), served.value(1)), (2, Some(&Value::Boolean(true))));
}
