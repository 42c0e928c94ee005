//! Fuzz smoke: every target of `fuzz/` for a few seconds.
//!
//! This finds what a change broke, not what years of fuzzing would find. It runs on a
//! stable toolchain: `RUSTC_BOOTSTRAP=1` unlocks the sanitizer flags that cargo-fuzz
//! passes, and the address sanitizer's runtime is a part of the stable standard
//! library. libFuzzer itself is compiled by the system's C++ compiler.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::setup;

/// How long each target runs.
const SECONDS_PER_TARGET: u32 = 6;
/// How much memory a target may take before that is a finding.
const MEMORY_LIMIT_MB: u32 = 4096;

/// Builds all targets, then runs each of them.
pub(crate) fn run() -> Outcome {
    let list = cargo_fuzz("list --fuzz-dir fuzz");
    if !list.succeeds() {
        // Either the tool is missing or fuzz/ is broken; the second try tells which.
        setup::run()?;
    }
    let listed = list.output()?;
    let targets: Vec<&str> = listed.lines().collect();
    if targets.is_empty() {
        return Err(Failure::new(format!("there is no fuzz target\nreproduce: {list}")));
    }
    cargo_fuzz("build --fuzz-dir fuzz").run()?;
    smoke_all(&targets)
}

/// Each target once, as many at a time as there are processors: one of them keeps one busy.
fn smoke_all(targets: &[&str]) -> Outcome {
    let left = Mutex::new(targets.iter());
    let left = || left.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || -> Outcome {
        // The lock is held no longer than taking one takes.
        while let Some(target) = { left().next() } {
            eprintln!("--> {target}, one of {}", targets.len());
            if let Err(failure) = smoke(target).output_and_errors() {
                // Nobody begins another one.
                *left() = [].iter();
                return Err(failure);
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| {
            worker.join().map_err(|_| Failure::new("a thread of the fuzzers panicked"))?
        });
        ended.collect()
    })
}

/// The short run of one target, from the same seed every time: it says whether a change broke
/// something, while long runs by hand look for what nobody broke lately. libFuzzer's own
/// progress is switched off: it is a page each second.
fn smoke(target: &str) -> CommandLine {
    cargo_fuzz(&format!(
        "run --fuzz-dir fuzz {target} -- -seed=1 -max_total_time={SECONDS_PER_TARGET} \
         -rss_limit_mb={MEMORY_LIMIT_MB} -verbosity=0 -print_final_stats=1"
    ))
}

/// The installed cargo-fuzz, called by its path so that `PATH` need not change. Optimising fully takes
/// longer than all the runs, and is for long ones by hand.
fn cargo_fuzz(arguments: &str) -> CommandLine {
    CommandLine::new(setup::tool("cargo-fuzz"), arguments)
        .with("RUSTC_BOOTSTRAP", "1")
        .with("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
}
