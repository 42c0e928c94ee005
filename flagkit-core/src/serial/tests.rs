use serde_json::json;

use crate::bucketing::{Bucketing, Hash, Part, Scale, Units};
use crate::document::{
    Bucket, Condition, Flag, Lookup, Operator, Order, Prerequisite, Range, Readings, Rule, Search,
    Serve, Split, Test, TextReading, Unreadable, Variant,
};
use crate::reason::Reason;
use crate::text::Case;
use crate::timestamp::Timestamp;
use crate::value::{Number, Structure, Value};

fn test(operator: Operator) -> Condition {
    Condition::Test(Test {
        lookup: Lookup::Name("plan".into()),
        operator,
        case: Case::Sensitive,
        reads: Readings::STRICT,
        negate: false,
        when_missing: true,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    })
}

fn flag() -> Flag {
    let bucketing = Bucketing {
        hash: Hash::Murmur3 { seed: 7 },
        input: vec![Part::Text("salt:".into()), Part::Subject],
        reads: TextReading::Json,
        units: Units::Utf8,
        scale: Scale::modulo(100).plus(1),
    };
    let split = Split {
        subject: Lookup::TargetingKey,
        bucketing: bucketing.clone(),
        ranges: vec![Range { from: f64::NEG_INFINITY, to: f64::INFINITY, variant: 0 }],
        when_missing: Box::new(Serve::Default),
        unassigned: Box::new(Serve::NextRule),
    };
    let bucket = Bucket {
        subject: Lookup::Now,
        bucketing,
        ranges: vec![(1.0, f64::INFINITY)],
        when_missing: false,
    };
    let metadata: Structure = [("size", Value::from(2.5))].into_iter().collect();
    Flag {
        key: "beta".into(),
        variants: vec![Variant {
            key: None,
            value: Value::List(vec![Value::Unsigned(u64::MAX), Value::Null].into()),
            enabled: true,
            metadata: Some(metadata.into()),
        }],
        rules: vec![Rule {
            id: Some("r".into()),
            label: None,
            when: Condition::All(vec![
                test(Operator::Number(Order::Less, vec![Number::Float(f64::INFINITY)])),
                test(Operator::Time(Order::Greater, vec![Timestamp::EPOCH])),
                test(Operator::Matches(vec!["a+".into()], Search::Anywhere)),
                bucket.into(),
                Condition::Prerequisite(Prerequisite::enabled("alpha")).negated(),
            ]),
            serve: split.into(),
            reason: Reason::Split,
        }],
        version: Some(3),
        metadata: None,
    }
}

#[test]
fn a_flag_comes_back_as_it_was() {
    let text = serde_json::to_string(&flag()).unwrap();
    assert_eq!(serde_json::from_str::<Flag>(&text).unwrap(), flag());
    let json = serde_json::to_value(flag()).unwrap();
    assert_eq!(serde_json::from_value::<Flag>(json).unwrap(), flag());
}

#[test]
fn what_is_usual_is_left_out() {
    let json = serde_json::to_value(test(Operator::Exists)).unwrap();
    let expected = json!({ "test": { "lookup": { "name": "plan" }, "operator": "exists", "when_missing": true } });
    assert_eq!(json, expected);
}

#[test]
fn unknown_fields_are_refused() {
    let error = serde_json::from_str::<Test>(r#"{ "lokup": "now" }"#).unwrap_err();
    assert!(error.to_string().starts_with("unknown field `lokup`"), "{error}");
}
