use serde_json::json;

use super::*;

fn wanted(words: &[&str]) -> Result<Wanted, Failure> {
    read(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())
}

fn fields(words: &[&str]) -> Value {
    match wanted(words) {
        Ok(Wanted::Fields(fields)) => fields.into(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn pairs_become_a_merge_patch() {
    for (words, expected) in [
        (&["enabled=true"][..], json!({"enabled": true})),
        (&["default=blue", "salt=null"], json!({"default": "blue", "salt": null})),
        (&["default=\"true\""], json!({"default": "true"})),
        (
            &["variants.a.weight=1", "variants.b.weight=3"],
            json!({"variants": {"a": {"weight": 1}, "b": {"weight": 3}}}),
        ),
        (&[r"variants.v1\.2.value=x"], json!({"variants": {"v1.2": {"value": "x"}}})),
        (&["description=a = b"], json!({"description": "a = b"})),
        (&[], json!({})),
    ] {
        assert_eq!(fields(words), expected, "{words:?}");
    }
}

#[test]
fn an_object_is_the_whole_flag() {
    let expected = Wanted::Whole(json!({"enabled": true}).as_object().unwrap().clone());
    assert_eq!(wanted(&[r#" {"enabled": true}"#]).unwrap(), expected);
}

#[test]
fn what_makes_no_sense_is_refused() {
    for words in [
        &["enabled"][..],
        &["{\"enabled\": "],
        &["[1]"],
        &["a=1", "a=2"],
        &["a=1", "a.b=2"],
        &["a=1", "{}"],
        &["@does-not-exist.json"],
    ] {
        assert!(wanted(words).is_err(), "{words:?}");
    }
}
