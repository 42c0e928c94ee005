use serde_json::{Value, json};

use super::{
    condition_text, conditions, dependencies, hours, network, number, seconds, values, variants,
    weekday, weekday_of,
};

#[test]
fn numbers_are_read_as_they_are_written() {
    for text in ["42", " 42 ", "+42", "42.0", "4.2e1", "\t42\n", "042"] {
        assert!(
            number(&json!(text)).unwrap().compare(&number(&json!(42)).unwrap()).unwrap().is_eq()
        );
    }
    for text in ["", " ", "4 2", "inf", "NaN", "infinity", "1e999", "0x2a", "1_000", "42%"] {
        assert!(number(&json!(text)).is_none(), "{text}");
    }
}

#[test]
fn times_of_day_have_two_digits() {
    assert_eq!(hours("09:30:15-17:45"), Some((34_215.0, 63_900.0)));
    for text in [
        "9:30-10:00",
        "24:00-25:00",
        "09:60-10:00",
        "09:30",
        "09:30 - 10:00",
        "09-10",
        "+9:00-10:00",
    ] {
        assert!(hours(text).is_none(), "{text}");
    }
}

#[test]
fn weekdays_are_names_or_three_letters() {
    assert_eq!((weekday("Wed"), weekday("WEDNESDAY")), (Some("wednesday"), Some("wednesday")));
    for text in ["we", "wedn", "", "Mittwoch", " wed"] {
        assert!(weekday(text).is_none(), "{text}");
    }
    assert_eq!((weekday_of(0.0), weekday_of(-0.5)), ("thursday", "wednesday"));
    assert_eq!(weekday_of(3.0 * 86_400.0), "sunday");
}

#[test]
fn networks_need_a_prefix_that_fits() {
    assert!(network("10.0.0.1/32").is_some() && network("::1/128").is_some());
    for text in
        ["10.0.0.1/33", "::1/129", "10.0.0/8", "10.0.0.1/", "10.0.0.1/+8", "10.0.0.1/-1", "x"]
    {
        assert!(network(text).is_none(), "{text}");
    }
}

#[test]
fn times_are_numbers_or_rfc_3339() {
    assert_eq!(seconds(&json!("1970-01-01T01:00:00.25+01:00")), Some(0.25));
    assert_eq!(seconds(&json!(-1.5)), Some(-1.5));
    for value in
        [json!("1970-01-01"), json!("0"), json!(true), Value::Null, json!("1970-01-01T00:00:00")]
    {
        assert!(seconds(&value).is_none(), "{value}");
    }
}

#[test]
fn structures_have_several_forms() {
    let map = json!({ "variants": { "a": { "weight": 1, "value": null }, "b": null } });
    let list =
        json!({ "variants": [{ "name": "a", "weight": 1, "value": null }, { "name": "b" }] });
    for flag in [map, list] {
        let read = variants(&flag).unwrap();
        let read: Vec<_> = read.into_iter().map(|own| (own.name, own.weight, own.value)).collect();
        assert_eq!(read, [("a".into(), 1.0, Value::Null), ("b".into(), 0.0, json!("b"))]);
    }
    assert!(variants(&json!({ "variants": { "a": { "weight": -1 } } })).is_none());
    let both = dependencies(&json!({ "dependencies": ["a", { "flag": "b", "variants": ["c"] }] }))
        .unwrap();
    assert_eq!((both[0].flag.as_str(), both[1].variants.as_slice()), ("a", &["c".to_owned()][..]));
    assert_eq!(
        conditions(&json!({ "when": "a exists", "conditions": [1] })),
        [json!(1), json!("a exists")]
    );
    assert_eq!(condition_text(&json!({ "when": "a exists" })), Some("a exists"));
    assert_eq!(values(&json!({ "values": "DE" })), Some(vec![json!("DE")]));
    assert_eq!(values(&json!({ "value": ["DE"] })), Some(vec![json!("DE")]));
    assert_eq!(values(&json!({ "values": [] })), Some(vec![]));
    assert_eq!(values(&json!({})), None);
}
