use super::missing;

#[test]
fn only_what_a_database_has_not_had_runs() {
    let run = |version| missing(&["a", "b", "c"], version).map(Iterator::collect::<Vec<_>>);
    assert_eq!(run(0).unwrap(), [(1, "a"), (2, "b"), (3, "c")]);
    assert_eq!(run(2).unwrap(), [(3, "c")]);
    assert_eq!(run(3).unwrap(), []);
    for wrong in [4, -1] {
        assert!(run(wrong).unwrap_err().to_string().contains("start the newer FlagKit"));
    }
}
