use flagkit_core::{ErrorCode, Snapshot, compile};
use serde_json::{Value as Json, json};

use super::*;
use crate::{Dialect, decode};

/// What a setting serves: its value, or the error.
type Found = Result<Json, ErrorCode>;

fn snapshot(config: &Json) -> Snapshot {
    let decoded = decode(Dialect::ConfigCat, &config.to_string(), &Settings::default()).unwrap();
    compile(decoded.document).snapshot
}

/// Asks for a setting, and holds the log against the answer.
fn ask(config: &Json, key: &str, user: &Json) -> Found {
    let user = context(user).unwrap();
    let answer = answer(&snapshot(config), key, &user);
    let explained = explain(&config.to_string(), None, key, &user).unwrap();
    assert_eq!(explained.value, answer.value, "{}", explained.log);
    assert_eq!(explained.variation_id, answer.variation_id, "{}", explained.log);
    answer.error.map_or_else(|| Ok(crate::value_to_json(&answer.value.unwrap())), Err)
}

/// A text setting `flag` with these rules, that serves `else` otherwise.
fn with_rules(rules: &Json) -> Json {
    json!({ "p": { "s": "salt" }, "f": { "flag": { "t": 1, "r": rules, "v": { "s": "else" } } } })
}

/// The same with one rule that serves `yes` where this user condition is true.
fn when(condition: &Json) -> Json {
    with_rules(&json!([{ "c": [{ "u": condition }], "s": { "v": { "s": "yes" } } }]))
}

/// Whether the condition is true for a user with this attribute `A`.
fn is_true(condition: &Json, attribute: &Json) -> bool {
    let user = json!({ "Identifier": "u", "A": attribute });
    ask(&when(condition), "flag", &user) == Ok(json!("yes"))
}

/// As `printf '<text><salt><context salt>' | sha256sum` prints it.
fn sha256(text: &str, salt: &str, context_salt: &str) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(format!("{text}{salt}{context_salt}"));
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    digits.collect::<Vec<_>>().concat()
}

#[test]
fn comparators_compare_text_as_it_is() {
    let cases = [
        (json!({ "a": "A", "c": 0, "l": ["x", " y"] }), " y", true),
        (json!({ "a": "A", "c": 0, "l": ["x", " y"] }), "y", false),
        (json!({ "a": "A", "c": 1, "l": ["x"] }), "y", true),
        (json!({ "a": "A", "c": 2, "l": ["bc", "z"] }), "abcd", true),
        (json!({ "a": "A", "c": 3, "l": ["bc", "z"] }), "abcd", false),
        (json!({ "a": "A", "c": 28, "s": "x" }), "x", true),
        (json!({ "a": "A", "c": 29, "s": "x" }), "X", true),
        (json!({ "a": "A", "c": 30, "l": ["ab"] }), "abc", true),
        (json!({ "a": "A", "c": 31, "l": ["ab"] }), "abc", false),
        (json!({ "a": "A", "c": 32, "l": ["bc"] }), "abc", true),
        (json!({ "a": "A", "c": 33, "l": ["bc"] }), "abc", false),
        (json!({ "a": "A", "c": 34, "l": ["b"] }), r#"["a","b"]"#, true),
        (json!({ "a": "A", "c": 35, "l": ["b"] }), r#"["a","b"]"#, false),
        (json!({ "a": "A", "c": 35, "l": ["b"] }), "no list", false),
    ];
    for (condition, attribute, expected) in cases {
        assert_eq!(is_true(&condition, &json!(attribute)), expected, "{condition} {attribute}");
    }
}

#[test]
fn hashed_comparators_know_the_salts() {
    let (abc, ab, bc) =
        (sha256("abc", "salt", "flag"), sha256("ab", "salt", "flag"), sha256("bc", "salt", "flag"));
    let (ab, bc) = (format!(" 2_{ab}"), format!("2_{bc}"));
    let cases = [
        (json!({ "a": "A", "c": 16, "l": [abc] }), "abc", true),
        (json!({ "a": "A", "c": 17, "l": [abc] }), "abc", false),
        (json!({ "a": "A", "c": 16, "l": [sha256("abc", "salt", "other")] }), "abc", false),
        (json!({ "a": "A", "c": 20, "s": abc }), "abc", true),
        (json!({ "a": "A", "c": 21, "s": abc }), "abd", true),
        (json!({ "a": "A", "c": 22, "l": [ab] }), "abc", true),
        (json!({ "a": "A", "c": 23, "l": [ab] }), "a", true),
        (json!({ "a": "A", "c": 24, "l": [bc] }), "abc", true),
        (json!({ "a": "A", "c": 25, "l": [bc] }), "abc", false),
        (json!({ "a": "A", "c": 26, "l": [abc] }), r#"["x","abc"]"#, true),
        (json!({ "a": "A", "c": 27, "l": [abc] }), r#"["x","abc"]"#, false),
    ];
    for (condition, attribute, expected) in cases {
        assert_eq!(is_true(&condition, &json!(attribute)), expected, "{condition} {attribute}");
    }
}

#[test]
fn lengths_of_hashed_beginnings_count_bytes() {
    let two = format!("2_{}", sha256("é", "salt", "flag"));
    let starts = json!({ "a": "A", "c": 22, "l": [two] });
    assert!(is_true(&starts, &json!("été")));
    assert!(!is_true(&starts, &json!("xé")));
}

#[test]
fn a_malformed_beginning_is_an_error_only_if_none_before_it_matches() {
    let good = format!("1_{}", sha256("a", "salt", "flag"));
    let config = when(&json!({ "a": "A", "c": 22, "l": [good, "x_y", good] }));
    let user = |attribute: &str| json!({ "Identifier": "u", "A": attribute });
    assert_eq!(ask(&config, "flag", &user("abc")), Ok(json!("yes")));
    assert_eq!(ask(&config, "flag", &user("bc")), Err(ErrorCode::ParseError));
    assert_eq!(ask(&config, "flag", &user("")), Ok(json!("else")));
}

#[test]
fn numbers_dates_and_versions_are_trimmed_and_converted() {
    let number = |comparator, operand: f64| json!({ "a": "A", "c": comparator, "d": operand });
    let version = |comparator, operand: &str| json!({ "a": "A", "c": comparator, "s": operand });
    let cases = [
        (number(10, 2.1), json!(" 2,1 "), true),
        (number(11, 2.1), json!("NaN"), true),
        (number(11, 2.1), json!("x"), false),
        (number(12, 3.0), json!(2), true),
        (number(15, 3.0), json!({ "$float": "Infinity" }), true),
        // A date is no number; a number can be a date.
        (number(14, 0.0), json!({ "$date": "2023-04-01T00:00:00Z" }), false),
        (number(18, 1_680_307_200.0), json!({ "$date": "2023-03-31T23:59:59.999Z" }), true),
        (number(19, 1_680_307_200.0), json!({ "$date": "2023-04-01T00:00:00Z" }), false),
        (number(19, 1_680_307_200.0), json!("1680307200.001"), true),
        (version(6, " 1.0.1 "), json!(" 1.0.0 "), true),
        (version(9, "1.0.0"), json!("1.0.0-rc.1"), false),
        (version(7, "not a version"), json!("1.0.0"), false),
        (version(6, "9.9.9"), json!(1.5), false),
        (json!({ "a": "A", "c": 4, "l": ["", " 1.0.0 "] }), json!("1.0.0+build"), true),
        (json!({ "a": "A", "c": 5, "l": ["1.0.0", "no"] }), json!("2.0.0"), false),
        (json!({ "a": "A", "c": 4, "l": ["1.0.0", "no"] }), json!("1.0.0"), false),
        (json!({ "a": "A", "c": 5, "l": [] }), json!("2.0.0"), true),
    ];
    for (condition, attribute, expected) in cases {
        assert_eq!(is_true(&condition, &attribute), expected, "{condition} {attribute}");
    }
}

#[test]
fn attributes_have_a_text() {
    let cases = [
        (json!(0.12345), "0.12345"),
        (json!(125.0), "125"),
        (json!(1e21), "1e+21"),
        (json!(1e-7), "1e-7"),
        (json!(18_446_744_073_709_551_615_u64), "18446744073709551615"),
        (json!({ "$float": "-Infinity" }), "-Infinity"),
        (json!({ "$date": "2023-03-31T23:59:59.999Z" }), "1680307199.999"),
        (json!({ "$date": "2023-04-01T02:00:00+02:00" }), "1680307200"),
        (json!(["a", "ä\"b"]), r#"["a","ä\"b"]"#),
        (json!([]), "[]"),
        (json!(true), "True"),
    ];
    for (attribute, text) in cases {
        let equals = json!({ "a": "A", "c": 28, "s": text });
        assert!(is_true(&equals, &attribute), "{attribute} {text}");
        let digest = json!({ "a": "A", "c": 20, "s": sha256(text, "salt", "flag") });
        assert!(is_true(&digest, &attribute), "{attribute} {text}");
    }
}

#[test]
fn who_cannot_be_judged_is_neither_in_a_segment_nor_out_of_it() {
    let segment = |comparator| {
        let rule =
            json!({ "c": [{ "s": { "s": 0, "c": comparator } }], "s": { "v": { "s": "yes" } } });
        let conditions = json!([{ "a": "A", "c": 28, "s": "x" }, { "a": "B", "c": 28, "s": "y" }]);
        let mut config = with_rules(&json!([rule]));
        config["s"] = json!([{ "n": "all", "r": conditions }]);
        config
    };
    let users = [
        (json!({ "Identifier": "u", "A": "x", "B": "y" }), true, false),
        (json!({ "Identifier": "u", "A": "x", "B": "z" }), false, true),
        (json!({ "Identifier": "u", "A": "z" }), false, true),
        (json!({ "Identifier": "u", "A": "x" }), false, false),
        (json!({ "Identifier": "u", "B": "z" }), false, false),
        (json!({ "Identifier": "u", "A": "", "B": "z" }), false, false),
        (json!(null), false, false),
    ];
    for (user, is_in, is_out) in users {
        let serves = |holds| Ok(json!(if holds { "yes" } else { "else" }));
        assert_eq!(ask(&segment(0), "flag", &user), serves(is_in), "{user}");
        assert_eq!(ask(&segment(1), "flag", &user), serves(is_out), "{user}");
    }
}

#[test]
fn a_segment_of_very_many_conditions_works() {
    let conditions: Vec<Json> =
        (0..3000).map(|n| json!({ "a": "A", "c": 29, "s": n.to_string() })).collect();
    let rule = json!({ "c": [{ "s": { "s": 0, "c": 1 } }], "s": { "v": { "s": "yes" } } });
    let mut config = with_rules(&json!([rule]));
    config["s"] = json!([{ "n": "many", "r": conditions }]);
    let user = |attribute: &str| json!({ "Identifier": "u", "A": attribute });
    assert_eq!(ask(&config, "flag", &user("2999")), Ok(json!("yes")));
    assert_eq!(ask(&config, "flag", &user("3000")), Ok(json!("else")));
}

#[test]
fn percentages_need_the_attribute_and_take_an_empty_one() {
    let options = json!([{ "p": 100, "v": { "s": "share" } }]);
    let rule = json!({ "c": [{ "u": { "a": "B", "c": 29, "s": "z" } }], "p": options });
    let mut config = with_rules(&json!([rule]));
    config["f"]["flag"]["a"] = json!("A");
    let user = |attributes: &Json| ask(&config, "flag", attributes);
    assert_eq!(user(&json!({ "Identifier": "u", "B": "y", "A": "" })), Ok(json!("share")));
    assert_eq!(user(&json!({ "Identifier": "u", "B": "y" })), Ok(json!("else")));
}

#[test]
fn buckets_are_those_of_the_documentation() {
    let options = |first| json!([{ "p": first, "v": { "s": "a" }, "i": "1" }, { "p": 100, "v": { "s": "b" } }]);
    let config = |first| {
        let mut config = with_rules(&json!([]));
        config["f"]["flag"]["p"] = options(first);
        config
    };
    let bucket = bucket_of("flagu");
    let user = json!({ "Identifier": "u" });
    assert_eq!(ask(&config(bucket), "flag", &user), Ok(json!("b")));
    assert_eq!(ask(&config(bucket + 1), "flag", &user), Ok(json!("a")));
}

/// The first seven hexadecimal digits of the SHA-1, modulo 100.
fn bucket_of(text: &str) -> u32 {
    use sha1::Digest;
    let digest = sha1::Sha1::digest(text);
    let leading = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    (leading >> 4) % 100
}

#[test]
fn percentages_below_a_hundred_are_an_error_for_the_rest() {
    let mut config = with_rules(&json!([]));
    config["f"]["flag"]["p"] = json!([{ "p": 0, "v": { "s": "a" } }]);
    let user = json!({ "Identifier": "u" });
    assert_eq!(ask(&config, "flag", &user), Err(ErrorCode::ParseError));
    assert_eq!(ask(&config, "flag", &json!(null)), Ok(json!("else")));
}

#[test]
fn a_malformed_piece_is_an_error_where_it_is_reached() {
    let pieces = [
        json!({ "c": [{ "u": { "a": "A", "c": 99, "s": "x" } }], "s": { "v": { "s": "yes" } } }),
        json!({ "c": [{ "u": { "a": "A", "c": 0 } }], "s": { "v": { "s": "yes" } } }),
        json!({ "c": [{ "u": { "a": "A", "c": 10, "d": "1" } }], "s": { "v": { "s": "yes" } } }),
        json!({ "c": [{ "s": { "s": 7, "c": 0 } }], "s": { "v": { "s": "yes" } } }),
        json!({ "c": [{ "p": { "f": "none", "c": 0, "v": { "s": "x" } } }], "s": { "v": { "s": "y" } } }),
        json!({ "c": [{ "p": { "f": "other", "c": 0, "v": { "b": true } } }], "s": { "v": { "s": "y" } } }),
        json!({ "c": [{}], "s": { "v": { "s": "yes" } } }),
        json!({ "c": [{ "u": { "a": "A", "c": 28, "s": "x" } }] }),
        json!({ "c": [{ "u": { "a": "A", "c": 28, "s": "x" } }], "s": { "v": { "b": true } } }),
        json!(7),
    ];
    for piece in pieces {
        let first = json!({ "c": [{ "u": { "a": "B", "c": 28, "s": "x" } }], "s": { "v": { "s": "first" } } });
        let mut config = with_rules(&json!([first, piece]));
        config["f"]["other"] = json!({ "t": 1, "v": { "s": "other" } });
        let user = json!({ "Identifier": "u", "A": "x", "B": "x" });
        assert_eq!(ask(&config, "flag", &user), Ok(json!("first")), "{piece}");
        let user = json!({ "Identifier": "u", "A": "x" });
        assert_eq!(ask(&config, "flag", &user), Err(ErrorCode::ParseError), "{piece}");
        assert_eq!(ask(&config, "other", &user), Ok(json!("other")), "{piece}");
    }
}

#[test]
fn a_prerequisite_is_compared_with_its_value() {
    let rule = |key: &str, value: Json, serves: &str| json!({ "c": [{ "p": { "f": key, "c": 0, "v": value } }], "s": { "v": { "s": serves } } });
    let mut config = with_rules(&json!([
        rule("whole", json!({ "i": 3 }), "whole"),
        rule("off", json!({ "b": false }), "off"),
    ]));
    config["f"]["whole"] = json!({ "t": 2, "v": { "i": 2 } });
    config["f"]["off"] = json!({ "t": 0, "v": { "b": false } });
    assert_eq!(ask(&config, "flag", &json!(null)), Ok(json!("off")));
}

#[test]
fn a_circle_is_an_error_where_it_closes() {
    let setting = |other: &str, name: &str| {
        let stop = json!({ "c": [{ "u": { "a": "stop", "c": 28, "s": name } }], "s": { "v": { "s": "stop" } } });
        let next = json!({ "c": [{ "p": { "f": other, "c": 0, "v": { "s": "stop" } } }], "s": { "v": { "s": "next" } } });
        json!({ "t": 1, "r": [stop, next], "v": { "s": name } })
    };
    let config = json!({ "f": { "a": setting("b", "a"), "b": setting("a", "b") } });
    let user = json!({ "Identifier": "u", "stop": "b" });
    assert_eq!(ask(&config, "a", &user), Ok(json!("next")));
    let user = context(&json!({ "Identifier": "u", "stop": "" })).unwrap();
    let explained = explain(&config.to_string(), None, "a", &user).unwrap();
    assert_eq!(explained.circle.as_deref(), Some("'a' -> 'b' -> 'a'"));
    assert_eq!(ask(&config, "a", &json!(null)), Err(ErrorCode::ParseError));
}

#[test]
fn overrides_keep_their_salts_and_segments() {
    let config = |salt: &str, name: &str, serves: &str| {
        let condition = json!({ "s": { "s": 0, "c": 0 } });
        let digest = sha256("x", salt, name);
        json!({
            "p": { "s": salt },
            "s": [{ "n": name, "r": [{ "a": "A", "c": 20, "s": digest }] }],
            "f": { serves: { "t": 1, "r": [{ "c": [condition], "s": { "v": { "s": serves } } }], "v": { "s": "no" } },
                   "both": { "t": 1, "v": { "s": serves } } }
        })
    };
    let (remote, local) = (config("salt", "one", "remote"), config("pepper", "two", "local"));
    let user = context(&json!({ "Identifier": "u", "A": "x" })).unwrap();
    let serve = |behaviour, key| {
        let decoded = with_overrides(&remote.to_string(), &local.to_string(), behaviour).unwrap();
        let found = answer(&compile(decoded.document).snapshot, key, &user).value;
        found.map_or(json!(null), |value| crate::value_to_json(&value))
    };
    for (behaviour, expected) in [
        (Behaviour::LocalOnly, [json!(null), json!("local"), json!("local")]),
        (Behaviour::LocalOverRemote, [json!("remote"), json!("local"), json!("local")]),
        (Behaviour::RemoteOverLocal, [json!("remote"), json!("local"), json!("remote")]),
    ] {
        let found = ["remote", "local", "both"].map(|key| serve(behaviour, key));
        assert_eq!(found, expected, "{behaviour:?}");
    }
}

#[test]
fn documents_of_plain_values_have_types() {
    let config = json!({ "flags": { "b": true, "s": "x", "i": 1, "d": 1.0, "n": null } });
    let snapshot = snapshot(&config);
    let user = context(&json!(null)).unwrap();
    let value = |key| answer(&snapshot, key, &user).value;
    assert_eq!(value("b"), Some(true.into()));
    assert_eq!(value("i"), Some(1.into()));
    assert_eq!(value("d"), Some(Value::Float(1.0)));
    assert_eq!(answer(&snapshot, "n", &user).error, Some(ErrorCode::ParseError));
}

#[test]
fn the_user_is_the_targeting_key_of_other_contexts() {
    let config = when(&json!({ "a": "Identifier", "c": 28, "s": "u-42" }));
    let found = answer(&snapshot(&config), "flag", &flagkit_core::Context::new("u-42"));
    assert_eq!(found.value, Some("yes".into()));
    assert_eq!(found.matched_targeting_rule, Some(0));
}

#[test]
fn contexts_that_are_no_users_are_refused() {
    for wrong in [
        json!("u"),
        json!([]),
        json!({ "A": { "$date": "soon" } }),
        json!({ "A": { "$float": "x" } }),
    ] {
        assert!(context(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn whatever_stands_in_a_document_it_is_read() {
    let condition = json!({ "u": { "a": "A", "c": 22, "l": ["1_x"], "s": "x", "d": 1 } });
    let prerequisite = json!({ "p": { "f": "flag", "c": 0, "v": { "s": "x" } } });
    let rule = json!({ "c": [condition, { "s": { "s": 0, "c": 1 } }, prerequisite], "s": { "v": { "s": "x" } }, "p": [{ "p": 1, "v": { "s": "x" } }] });
    let config = json!({
        "p": { "s": "salt" }, "s": [{ "n": "n", "r": [condition["u"]] }],
        "f": { "flag": { "t": 1, "a": "A", "r": [rule], "p": [{ "p": 100, "v": { "s": "x" } }], "v": { "s": "x" } } }
    });
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!("odd"),
        json!([]),
        json!({}),
        json!([[]]),
    ];
    let user = context(&json!({ "Identifier": "u", "A": "x" })).unwrap();
    let mut places = Vec::new();
    each_place(&config, "", &mut places);
    assert!(places.len() > 50);
    for place in &places {
        for value in &odd {
            let mut config = config.clone();
            *config.pointer_mut(place).unwrap() = value.clone();
            let text = config.to_string();
            let Ok(decoded) = decode(Dialect::ConfigCat, &text, &Settings::default()) else {
                continue;
            };
            let answer = answer(&compile(decoded.document).snapshot, "flag", &user);
            let explained = explain(&text, None, "flag", &user).unwrap();
            assert_eq!(explained.value, answer.value, "{text}\n{}", explained.log);
        }
    }
}

/// The JSON pointers of all values.
fn each_place(json: &Json, above: &str, places: &mut Vec<String>) {
    places.push(above.to_owned());
    match json {
        Json::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                each_place(item, &format!("{above}/{place}"), places);
            }
        }
        Json::Object(entries) => {
            for (key, value) in entries {
                each_place(value, &format!("{above}/{key}"), places);
            }
        }
        _ => {}
    }
}
