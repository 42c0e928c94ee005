//! `flagkit rollout simulate`: a plan tried on made-up traffic, many times.

use std::fs;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use flagkit_deploy::Refusal;
use flagkit_deploy::plan::{Direction, Measure, Plan, Role};
use flagkit_deploy::simulation::trial::{Change, Run, Traffic, Trial, Worse, doubts};
use indicatif::{ProgressBar, ProgressStyle};

use crate::arguments::rollout::Simulate;
use crate::failure::{Failure, Outcome};
use crate::rollout::file::{ReleaseFile, Wrong};
use crate::terminal::print_json;

mod drawing;
mod page;
mod replayed;
mod spread;

use spread::Spread;

/// Everything that came of it.
#[derive(Debug)]
struct Simulated {
    plan: Plan,
    traffic: Traffic,
    worse: Vec<Worse>,
    seeds: u32,
    innocent: Spread,
    bad: Spread,
    doubts: Vec<flagkit_deploy::simulation::trial::Doubt>,
}

/// Plays the plan, and says how it ends.
pub(crate) fn run(arguments: &Simulate) -> Outcome {
    let plan =
        ReleaseFile::read(&arguments.planned)?.and_then(|file| file.plan(&arguments.planned, None));
    let plan = match plan {
        Ok(plan) => plan,
        Err(wrong) => return refused(arguments, wrong),
    };
    let traffic = Traffic {
        requests: arguments.rps,
        users: arguments.users,
        error_rate: arguments.error_rate,
        latency: arguments.latency,
    };
    let worse = if arguments.worse.is_empty() { usual(&plan)? } else { arguments.worse.clone() };
    let innocent = Trial::new(plan.clone(), traffic).map_err(|refused| nonsense(&refused))?;
    let bad = Trial::new(plan.clone(), traffic).map_err(|refused| nonsense(&refused))?;
    let bad = bad.with_worse(worse.clone()).map_err(|refused| nonsense(&[refused]))?;
    if let Some(seed) = arguments.seed {
        let mut out = anstream::stdout().lock();
        replayed::print(&mut out, ("innocent version", &innocent), seed)?;
        writeln!(out)?;
        let title = format!("worse version ({})", spread::worse(&plan, &traffic, &worse));
        replayed::print(&mut out, (&title, &bad), seed)?;
        return Ok(ExitCode::SUCCESS);
    }
    let progress = progress(arguments);
    let spread = |trial: &Trial| {
        let played = (1..=u64::from(arguments.seeds)).map(|seed| {
            let run: Run = trial.play(seed);
            progress.inc(1);
            run
        });
        Spread::of(played.collect())
    };
    let (innocent, bad) = (spread(&innocent), spread(&bad));
    progress.finish_and_clear();
    let doubts = doubts(&plan, &traffic, &worse);
    let seeds = arguments.seeds;
    let simulated = Simulated { plan, traffic, worse, seeds, innocent, bad, doubts };
    print(arguments, &simulated)
}

fn print(arguments: &Simulate, simulated: &Simulated) -> Outcome {
    if let Some(path) = &arguments.svg {
        let cannot = |error: std::io::Error| {
            let path = path.display();
            Failure::input(format_args!("`{path}` cannot be written ({error}); name another file"))
        };
        fs::write(path, drawing::svg(simulated)).map_err(cannot)?;
    }
    let mut out = anstream::stdout().lock();
    if arguments.json {
        print_json(&mut out, &page::json(simulated))?;
    } else {
        page::print(&mut out, simulated)?;
        if let Some(path) = &arguments.svg {
            writeln!(out, "\nThe drawing is in {}", path.display())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is usually wrong with a version: three times the errors, or else half as slow again.
fn usual(plan: &Plan) -> Result<Vec<Worse>, Failure> {
    let guards = || plan.metrics.iter().filter(|metric| metric.role == Role::Guard);
    let errors = guards().find(|metric| {
        metric.measure == Measure::Events && metric.direction != Direction::Decrease
    });
    let found = match (errors, guards().next()) {
        (Some(metric), _) => Some((metric, 3.0)),
        (None, Some(metric)) if metric.direction == Direction::Decrease => Some((metric, 0.7)),
        (None, Some(metric)) => Some((metric, 1.5)),
        (None, None) => None,
    };
    let Some((metric, factor)) = found else {
        return Err(Failure::input(
            "the release has no metric that guards it, so nothing can go wrong in a simulation; add one \
             under `metrics`, such as error_rate: {}",
        ));
    };
    Ok(vec![Worse { metric: metric.name.clone(), change: Change::Times(factor) }])
}

/// A line that grows, where somebody looks.
fn progress(arguments: &Simulate) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::from(arguments.seeds) * 2);
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} releases, {eta} to go");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// Traffic or a change that makes no sense.
fn nonsense(refused: &[Refusal]) -> Failure {
    let lines: Vec<String> = refused.iter().map(ToString::to_string).collect();
    Failure::usage(lines.join("\n"))
}

fn refused(arguments: &Simulate, wrong: Wrong) -> Outcome {
    if !arguments.json {
        return Err(wrong.into());
    }
    print_json(&mut anstream::stdout().lock(), &wrong.to_json())?;
    Ok(ExitCode::FAILURE)
}
