//! A sequence of named steps, run in order up to the first failure.
//!
//! `test` and `ci` are such sequences. `--list` prints the steps, `--only STEP`
//! (which may be repeated) runs a part of them.

use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};
use crate::suggest;

/// One step of a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// What `--only` takes.
    pub(crate) name: &'static str,
    /// One line for the headline and for `--list`.
    pub(crate) about: &'static str,
    /// Does it.
    pub(crate) run: fn() -> Outcome,
}

/// Runs the steps that the arguments select; `command` is how the user called the plan.
pub(crate) fn run(command: &str, steps: &[Step], arguments: &[String]) -> Outcome {
    if arguments == ["--list"] {
        for step in steps {
            println!("{:<16} {}", step.name, step.about);
        }
        return Ok(());
    }
    let chosen = choose(steps, arguments)?;
    let begin = Instant::now();
    for (position, step) in chosen.iter().enumerate() {
        eprintln!("\n==> [{}/{}] {}: {}", position + 1, chosen.len(), step.name, step.about);
        let begin = Instant::now();
        (step.run)().map_err(|failure| {
            Failure::new(format!(
                "step `{}`: {failure}\nthis step alone: cargo xtask {command} --only {}",
                step.name, step.name
            ))
        })?;
        eprintln!("<== {} passed in {}", step.name, seconds(begin.elapsed()));
    }
    eprintln!("\n{command}: {} steps passed in {}", chosen.len(), seconds(begin.elapsed()));
    Ok(())
}

/// The steps that `--only` names, in the order of the plan; all of them without it.
fn choose(steps: &[Step], arguments: &[String]) -> Result<Vec<Step>, Failure> {
    let mut names = Vec::new();
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        if option != "--only" {
            suggest::only_options(std::slice::from_ref(option), &["--only", "--list"])?;
            return Err(Failure::new(format!("`{option}` stands alone")));
        }
        let Some(name) = rest.next() else {
            return Err(Failure::new("`--only` needs the name of a step; `--list` prints them"));
        };
        if !steps.iter().any(|step| step.name == name) {
            let hint = suggest::did_you_mean(name, steps.iter().map(|step| step.name));
            return Err(Failure::new(format!(
                "there is no step `{name}`{hint}\n`--list` prints all steps"
            )));
        }
        names.push(name);
    }
    let chosen = |step: &&Step| names.is_empty() || names.iter().any(|&name| name == step.name);
    Ok(steps.iter().filter(chosen).copied().collect())
}

/// A duration with one decimal.
fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests;
