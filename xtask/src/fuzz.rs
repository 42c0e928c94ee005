//! Fuzz smoke: every target of `fuzz/` for a few seconds.
//!
//! This finds what a change broke, not what years of fuzzing would find. It runs on a
//! stable toolchain: `RUSTC_BOOTSTRAP=1` unlocks the sanitizer flags that cargo-fuzz
//! passes, and the address sanitizer's runtime is a part of the stable standard
//! library. libFuzzer itself is compiled by the system's C++ compiler.

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
    for (position, target) in targets.iter().enumerate() {
        eprintln!("--> target {}/{}: {target}", position + 1, targets.len());
        smoke(target).run()?;
    }
    Ok(())
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

/// The installed cargo-fuzz, called by its path so that `PATH` need not change.
fn cargo_fuzz(arguments: &str) -> CommandLine {
    CommandLine::new(setup::tool("cargo-fuzz"), arguments).with("RUSTC_BOOTSTRAP", "1")
}
