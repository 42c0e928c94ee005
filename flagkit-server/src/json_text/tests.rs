use serde_json::value::RawValue;

use super::{Entries, compact, merge_patch, parse};

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

#[test]
fn only_blanks_between_tokens_go() {
    let cases = [
        ("{ \"b\" : 1.0 ,\n\t\"a\" : [ 1e3 , -0 ] }", "{\"b\":1.0,\"a\":[1e3,-0]}"),
        (r#""a \" b \\" "#, r#""a \" b \\""#),
        (r#"{"a\\" : "  "}"#, r#"{"a\\":"  "}"#),
        (r#"[ "\\\\", " " ]"#, r#"["\\\\"," "]"#),
        ("\"ü \u{2028}\"", "\"ü \u{2028}\""),
    ];
    for (json, wanted) in cases {
        assert_eq!(compact(&raw(json.trim())), wanted);
    }
}

/// The examples of RFC 7396, appendix A, that concern objects.
#[test]
fn a_patch_merges_as_the_rfc_shows() {
    let cases = [
        (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
        (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
        (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
        (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
        (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
        (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
        (r#"{"a":"foo"}"#, "null", "null"),
        (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
        ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
        ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
    ];
    for (target, patch, wanted) in cases {
        let merged = merge_patch(Some(&raw(target)), &raw(patch)).unwrap();
        assert_eq!(merged, wanted, "{target} and {patch}");
    }
}

#[test]
fn what_a_patch_leaves_keeps_its_order_and_its_text() {
    let target = raw(r#"{"z":{"weight":1.0,"value":1e2},"a":1,"\u0062":2}"#);
    let merged = merge_patch(Some(&target), &raw(r#"{"a":7,"z":{"weight":2.50}}"#)).unwrap();
    assert_eq!(merged, r#"{"z":{"weight":2.50,"value":1e2},"a":7,"b":2}"#);
}

#[test]
fn a_patch_may_not_be_deeper_than_documents() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(90), "}".repeat(90));
    assert_eq!(merge_patch(None, &raw(&deep)).unwrap_err().code, "invalid_document");
}

#[test]
fn entries_keep_their_order() {
    let json = raw(r#"{"b":1,"a":2,"b":3}"#);
    let Entries(entries) = Entries::of(&json).unwrap();
    let keys: Vec<_> = entries.iter().map(|(key, value)| (&**key, value.get())).collect();
    assert_eq!(keys, [("b", "1"), ("a", "2"), ("b", "3")]);
    assert!(Entries::of(&raw("[1]")).is_none());
}

#[test]
fn a_body_that_is_no_json_is_refused() {
    assert_eq!(parse(b"").unwrap_err().code, "invalid_json");
    assert!(parse(b"{").unwrap_err().message.contains("EOF"));
    assert!(parse(b"\xff").is_err());
    assert_eq!(parse(b" [1] ").unwrap().get(), "[1]");
}
