//! Which steps run, and what a failing one says.

use super::*;

const STEPS: &[Step] = &[
    Step { name: "good", about: "passes", run: || Ok(()) },
    Step { name: "bad", about: "fails", run: || Err(Failure::new("it broke")) },
    Step { name: "late", about: "is never reached", run: || panic!("the plan went on") },
];

/// The arguments as the command line gives them.
fn words(arguments: &str) -> Vec<String> {
    arguments.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn a_plan_stops_at_the_first_failure_and_names_the_step() {
    let failure = run("demo", STEPS, &[]).unwrap_err().to_string();
    assert_eq!(failure, "step `bad`: it broke\nthis step alone: cargo xtask demo --only bad");
}

#[test]
fn only_selects_in_the_order_of_the_plan() {
    let chosen = choose(STEPS, &words("--only late --only good")).unwrap();
    assert_eq!(chosen.iter().map(|step| step.name).collect::<Vec<_>>(), ["good", "late"]);
    assert!(run("demo", STEPS, &words("--only good")).is_ok());
}

#[test]
fn wrong_arguments_are_refused() {
    for (arguments, expected) in [
        ("--only", "`--only` needs"),
        ("--only goood", "did you mean `good`?"),
        ("--onyl good", "did you mean `--only`?"),
        ("--list --only good", "`--list` stands alone"),
    ] {
        let failure = choose(STEPS, &words(arguments)).unwrap_err().to_string();
        assert!(failure.contains(expected), "{arguments}: {failure}");
    }
}
