use super::with_flags_by_key;

#[test]
fn flags_in_a_list_are_put_under_their_names() {
    let json = r#"{ "schema": "flagkit/1", "flags": [ { "name": "b", "enabled": true }, { "name": "a" } ] }"#;
    let wanted =
        r#"{"schema":"flagkit/1","flags":{"b":{"name":"b","enabled":true},"a":{"name":"a"}}}"#;
    assert_eq!(with_flags_by_key(json).unwrap(), wanted);
    let map = r#"{"flags":{"a":{"variants":{"z":{},"y":{}}}}}"#;
    assert_eq!(with_flags_by_key(map).unwrap(), map);
}

#[test]
fn a_flag_without_name_and_two_of_one_name_are_refused() {
    for (json, path) in [
        (r#"{"flags":[{"enabled":true}]}"#, "flags[0].name"),
        (r#"{"flags":[{"name":"a"},{"name":7}]}"#, "flags[1].name"),
        (r#"{"flags":[{"name":"a"},{"name":"a"}]}"#, "flags[1].name"),
    ] {
        let refusal = with_flags_by_key(json).unwrap_err();
        assert_eq!(refusal.status.as_u16(), 422);
        assert_eq!(refusal.problem.path.as_deref(), Some(path));
    }
}
