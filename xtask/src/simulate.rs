//! `cargo xtask simulate`: releases in made-up worlds where things go wrong, and the promises that
//! must hold after every step.
//!
//! The program is an example of `flagkit-deploy`. Every scenario is a seed; the first that breaks a
//! promise is printed as small as it can be said.

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::suggest;

/// Runs so many steps as `--steps` says, from the seed of `--seed` on, which the last line of another
/// run says; with `--crashes` the scripts of Argo Rollouts instead, killed at each point and so many times
/// at two points.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    let (mut steps, mut seed, mut crashes) = (STEPS, "1", None);
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        suggest::only_options(std::slice::from_ref(option), &["--steps", "--seed", "--crashes"])?;
        let value = rest.next().filter(|value| is_number(value));
        let value = value.ok_or_else(|| Failure::new(format!("`{option}` needs a number")))?;
        match option.as_str() {
            "--seed" => seed = value,
            "--crashes" => crashes = Some(value),
            _ => steps = value,
        }
    }
    match crashes {
        Some(crashes) => scripts(crashes).run(),
        None => simulation(steps, seed).run(),
    }
}

/// The part of it that every run of CI does.
pub(crate) fn run() -> Outcome {
    simulation(STEPS_IN_CI, "1").run()
}

fn simulation(steps: &str, seed: &str) -> CommandLine {
    let program = "run --quiet --package flagkit-deploy --profile bindings --example simulate --";
    CommandLine::cargo(program).and(steps).and(seed)
}

fn scripts(crashes: &str) -> CommandLine {
    let test =
        "test --package flagkit-deploy --profile bindings --test it -- --nocapture argo_scripts";
    CommandLine::cargo(test).with("FLAGKIT_CRASHES", crashes)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}

/// Somewhat more than an hour on two processors that do nothing else: 124,000 steps were measured in
/// each second of one.
const STEPS: &str = "1_000_000_000";
/// Less than a minute on two processors that do nothing else.
const STEPS_IN_CI: &str = "10_000_000";
