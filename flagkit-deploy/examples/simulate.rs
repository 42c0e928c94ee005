//! Releases in made-up worlds until so many things have happened: `simulate STEPS [SEED]`.
//!
//! Every scenario is a seed: a plan, how its sides do, what people say, and what goes wrong. If a
//! promise is broken the smallest scenario that still breaks it is printed, and its seed. Otherwise the
//! last line is the seed with which another run goes on.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use flagkit_deploy::simulation::chaos::{Scenario, run, smallest};

/// So many things happen in one scenario at most.
const STEPS_EACH: u64 = 20_000;

/// What all threads have done.
#[derive(Default)]
struct Total {
    next: u64,
    steps: u64,
    scenarios: u64,
    restarts: u64,
    effects: u64,
    ends: BTreeMap<String, u64>,
    /// When something was last said about it, in milliseconds since the beginning.
    said: u64,
    broken: Option<u64>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise: u64| {
        let text = arguments.next()?.replace('_', "");
        Some(text.parse().unwrap_or(otherwise))
    };
    let (steps, seed) = (number(0).unwrap_or(1_000_000), number(0).unwrap_or(1));
    let begin = Instant::now();
    let total = Mutex::new(Total { next: seed, ..Total::default() });
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| work(&total, steps, begin));
        }
    });
    let Ok(total) = total.into_inner() else { return ExitCode::FAILURE };
    println!(
        "{} steps of {} scenarios from seed {seed} on, {} restarts, {} effects, in {:.1} s",
        total.steps,
        total.scenarios,
        total.restarts,
        total.effects,
        begin.elapsed().as_secs_f64()
    );
    println!("ends: {:?}", total.ends);
    match total.broken {
        None => {
            println!("every promise held");
            // Every seed before it was run to its end: threads finish what they took.
            println!("the next seed is {0}; go on with `--seed {0}`", total.next);
            ExitCode::SUCCESS
        }
        Some(seed) => {
            report(seed);
            ExitCode::FAILURE
        }
    }
}

/// Takes one seed after another until there are enough steps, or something is broken.
fn work(total: &Mutex<Total>, steps: u64, begin: Instant) {
    loop {
        let seed = {
            let Ok(mut total) = total.lock() else { return };
            if total.steps >= steps || total.broken.is_some() {
                return;
            }
            total.next += 1;
            total.next - 1
        };
        let outcome = run(&Scenario::random(seed), STEPS_EACH);
        let Ok(mut total) = total.lock() else { return };
        match outcome {
            Ok(summary) => {
                total.steps += summary.steps;
                total.scenarios += 1;
                total.restarts += u64::from(summary.restarts);
                total.effects += u64::try_from(summary.effects).unwrap_or_default();
                *total.ends.entry(summary.status.to_string()).or_default() += 1;
                say(&mut total, steps, begin);
            }
            Err(_) => total.broken = Some(total.broken.map_or(seed, |other| other.min(seed))),
        }
    }
}

/// Says now and then how far it is.
fn say(total: &mut Total, steps: u64, begin: Instant) {
    let ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
    if ms - total.said < 10_000 {
        return;
    }
    total.said = ms;
    let each_second = (total.steps.saturating_mul(1000) / ms).max(1);
    let left = steps.saturating_sub(total.steps);
    let (permille, to_go) = (total.steps.saturating_mul(1000) / steps.max(1), left / each_second);
    let (percent, tenth) = (permille / 10, permille % 10);
    let done = total.steps;
    println!("{done} steps, {percent}.{tenth} %, {each_second} each second, {to_go} s to go");
}

/// Says what was broken, as small as it can be said.
fn report(seed: u64) {
    if let Err(broken) = run(&Scenario::random(seed), STEPS_EACH) {
        println!("a promise was broken, and is being made smaller: {broken}");
    }
    let (small, broken) = smallest(&Scenario::random(seed), STEPS_EACH);
    if let Some(broken) = broken {
        println!("a promise was broken: {broken}");
    }
    match serde_json::to_string_pretty(&small) {
        Ok(text) => println!("the smallest scenario that breaks it:\n{text}"),
        Err(error) => println!("the scenario cannot be written: {error}"),
    }
}
