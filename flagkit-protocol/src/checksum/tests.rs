use super::{Checksum, Part};

fn of(parts: &[(Part, &str, &str)]) -> Checksum {
    let mut sum = Checksum::default();
    for (part, key, json) in parts {
        sum.insert(*part, key, json);
    }
    sum
}

#[test]
fn the_order_does_not_count_but_everything_else_does() {
    let all = [(Part::Flag, "a", "1"), (Part::Segment, "a", "1"), (Part::Setting, "b", "2")];
    let [first, second, third] = all;
    assert_eq!(of(&all), of(&[third, first, second]));
    assert_ne!(of(&all), of(&[first, second]));
    assert_ne!(of(&[first]), of(&[second]));
    assert_ne!(of(&[(Part::Flag, "ab", "c")]), of(&[(Part::Flag, "a", "bc")]));
    assert_ne!(of(&[first, first]), of(&[]));
}

#[test]
fn what_was_put_in_can_be_taken_out() {
    let mut sum = of(&[(Part::Flag, "a", "1"), (Part::Flag, "b", "2")]);
    sum.remove(Part::Flag, "b", "2");
    assert_eq!(sum, of(&[(Part::Flag, "a", "1")]));
    sum.subtract(Checksum::of_part(Part::Flag, "a", "1"));
    assert_eq!(sum, Checksum::default());
}

/// The hash is part of the protocol: old clients meet new servers.
#[test]
fn the_number_is_fixed() {
    assert_eq!(of(&[(Part::Flag, "beta", r#"{"enabled":true}"#)]).to_string(), "616a9df9ecffec0e");
}

#[test]
fn it_is_written_as_sixteen_digits() {
    let sum = of(&[(Part::Flag, "a", "1")]);
    let json = serde_json::to_string(&sum).unwrap();
    assert_eq!(json.len(), 18);
    assert_eq!(serde_json::from_str::<Checksum>(&json).unwrap(), sum);
    for text in [r#""""#, r#""12""#, r#""+00000000000000f""#, "12"] {
        assert!(serde_json::from_str::<Checksum>(text).is_err(), "{text}");
    }
}
