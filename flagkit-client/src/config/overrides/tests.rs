use super::*;

#[test]
fn values_are_json_and_the_last_of_a_key_counts() {
    let cases = [
        ("", ""),
        ("beta=true", "beta=true"),
        (r#" beta=true , color="a, b=c" "#, r#"beta=true color="a, b=c""#),
        (r#"a=1,b=2.5,c=null,a={"mb":[1,2]}"#, r#"b=2.5 c=null a={"mb":[1,2]}"#),
        ("a = false,", "a=false"),
    ];
    for (text, expected) in cases {
        let found = read(text).unwrap();
        let found: Vec<String> =
            found.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_a_way_to_write_it() {
    let cases = [
        ("beta", "`beta` is no override; write `key=value`, for example `beta=true`"),
        ("=1", "an override has no key before its `=`"),
        (
            "color=red",
            "the value `red` of `color` is no JSON; texts stand in quotes: `color=\"red\"`",
        ),
        ("a=", "the value `` of `a` is no JSON; texts stand in quotes: `color=\"red\"`"),
        ("a=1 2", "`a` has more than one value"),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text).unwrap_err(), expected, "{text}");
    }
}
