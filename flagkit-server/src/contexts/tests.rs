use flagkit_core::{Attributes, ValueRef};
use flagkit_dialects::Dialect;
use serde_json::json;

use super::{read, read_flat};

/// Every vendor finds the targeting key and an attribute of a context in OpenFeature's words.
#[test]
fn a_flat_context_is_understood_in_every_dialect() {
    let flat = json!({ "targetingKey": "u-7", "plan": "pro" });
    for dialect in Dialect::ALL {
        let context = read_flat(dialect, &flat).unwrap();
        let key = match dialect {
            Dialect::GrowthBook => context.attribute("id"),
            _ => context.targeting_key(),
        };
        assert!(matches!(key, Some(ValueRef::String("u-7"))), "{dialect}: {key:?}");
        let by_vendor = match dialect {
            Dialect::Statsig => context.attribute("custom").and_then(|custom| match custom {
                ValueRef::Structure(custom) => custom.attribute("plan").map(|plan| plan.to_value()),
                _ => None,
            }),
            _ => context.attribute("plan").map(|plan| plan.to_value()),
        };
        assert_eq!(by_vendor, Some("pro".into()), "{dialect}");
    }
}

#[test]
fn contexts_in_the_vendors_own_words_are_left_as_they_are() {
    let own = json!({ "userId": "u-7", "properties": { "plan": "pro" } });
    let flat = json!({ "targetingKey": "u-7", "plan": "pro" });
    let wanted = read_flat(Dialect::Unleash, &flat).unwrap();
    assert_eq!(read(Dialect::Unleash, &own).unwrap(), wanted);
    assert_eq!(read(Dialect::Unleash, &flat).unwrap(), wanted);
}

#[test]
fn what_is_no_context_is_refused() {
    for (dialect, json) in [
        (Dialect::Native, json!([1])),
        (Dialect::Unleash, json!("u-7")),
        (Dialect::LaunchDarkly, json!({ "plan": "pro" })),
        (Dialect::Eppo, json!({})),
    ] {
        let refusal = read_flat(dialect, &json).unwrap_err();
        assert_eq!(refusal.status.as_u16(), 400, "{dialect}");
    }
}
