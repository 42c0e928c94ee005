//! What is refused, and what is only said.

use super::*;

fn record(compiler: &str, instructions: Option<f64>, allocations: f64) -> Record {
    let count = Count { scenario: "w1-name".to_owned(), instructions, allocations };
    Record { compiler: compiler.to_owned(), counts: vec![count] }
}

/// What is said of a count beside 200 instructions and one allocation, and whether that refuses.
fn judged(now: &Record) -> (bool, String) {
    let verdict = compare(&record("rustc 1", Some(200.0), 1.0), now);
    (verdict.is_refused(), verdict.to_string())
}

#[test]
fn growth_beyond_the_allowed_share_is_refused_with_from_to_and_how_to_accept_it() {
    let (is_refused, said) = judged(&record("rustc 1", Some(207.0), 1.0));
    assert!(is_refused);
    assert!(said.contains("207.0 instructions per call, on record 200.0: +3.5 %"), "{said}");
    assert!(said.contains("cargo xtask bench --accept"), "{said}");
}

#[test]
fn each_allocation_more_is_refused() {
    let (is_refused, said) = judged(&record("rustc 1", Some(200.0), 2.0));
    assert!(is_refused && said.contains("2 allocations per call, on record 1"), "{said}");
}

#[test]
fn what_is_about_the_same_is_as_on_record() {
    let (is_refused, said) = judged(&record("rustc 1", Some(205.0), 1.0));
    assert!(!is_refused && said.ends_with("as on record\n"), "{said}");
}

#[test]
fn what_became_cheaper_is_no_failure_and_invites_to_accept() {
    for cheaper in [record("rustc 1", Some(190.0), 1.0), record("rustc 1", Some(200.0), 0.0)] {
        let (is_refused, said) = judged(&cheaper);
        assert!(!is_refused && said.contains("cheaper") && said.contains("--accept"), "{said}");
    }
}

#[test]
fn another_compiler_may_need_more_instructions_but_no_allocation() {
    let (is_refused, said) = judged(&record("rustc 2", Some(225.0), 1.0));
    assert!(!is_refused && said.contains("recorded with rustc 1, this is rustc 2"), "{said}");
    assert!(judged(&record("rustc 2", Some(235.0), 1.0)).0);
    assert!(judged(&record("rustc 2", Some(200.0), 2.0)).0);
}

#[test]
fn without_valgrind_allocations_are_still_compared() {
    let (is_refused, said) = judged(&record("rustc 1", None, 1.0));
    assert!(!is_refused && said.contains("instructions were not counted"), "{said}");
    assert!(judged(&record("rustc 1", None, 2.0)).0);
}

#[test]
fn new_and_vanished_scenarios_are_refused_until_they_are_accepted() {
    let mut other = record("rustc 1", Some(200.0), 1.0);
    other.counts[0].scenario = "w9".to_owned();
    let (is_refused, said) = judged(&other);
    assert!(is_refused);
    assert!(said.contains("`w9` is a new scenario"), "{said}");
    assert!(said.contains("`w1-name` is on record and no scenario any more"), "{said}");
}
