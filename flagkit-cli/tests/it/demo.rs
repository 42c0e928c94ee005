//! `flagkit demo`.

use crate::run::{Ran, flagkit};

#[test]
fn the_demo_is_plain_text_of_eighty_columns_where_nobody_watches() {
    let Ran { code, out, err } = flagkit(&["demo", "--users", "5000"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for line in out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
        assert!(!line.contains('\u{1b}') && !line.ends_with(' '), "{line:?}");
    }
    for words in ["100,000 evaluations", "none was torn", "nobody left", "flag `payments-v2`"] {
        assert!(out.contains(words), "{words}");
    }
    for words in ["every answer was right", "dark-mode is still on"] {
        assert!(out.contains(words), "{words}: {out}");
    }
}

#[test]
fn all_that_is_not_measured_is_the_same_every_time() {
    let table = || {
        let out = flagkit(&["demo", "--users", "2000"]).out;
        let lines = out.lines().skip_while(|line| !line.contains("FLAG "));
        lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let first = table();
    assert!(first.len() > 20);
    assert_eq!(first, table());
}
