//! The table is written and read.

use super::*;

fn record() -> Record {
    let count = |scenario: &str, instructions, allocations| Count {
        scenario: scenario.to_owned(),
        instructions: Some(instructions),
        allocations,
    };
    Record {
        compiler: "rustc 1.95.0 (59807616e 2026-04-14)".to_owned(),
        counts: vec![count("w1-name", 217.5, 0.0), count("load-100", 5_837_249.0, 8_671.0)],
    }
}

#[test]
fn what_was_written_is_read_again() {
    assert_eq!(record().to_string().parse::<Record>(), Ok(record()));
}

#[test]
fn a_line_that_is_no_count_is_named() {
    for (line, problem) in [
        ("w1-name 217.5", "this is no count: `w1-name 217.5`"),
        ("w1-name many 0", "`many` is no number: `w1-name many 0`"),
    ] {
        let text = format!("{}{line}\n", record());
        assert_eq!(text.parse::<Record>(), Err(problem.to_owned()));
    }
    assert!("w1-name 217.5 0".parse::<Record>().is_err_and(|problem| problem.contains("compiler")));
}
