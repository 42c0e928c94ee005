//! FlagKit side by side with the evaluators of other flag management systems.
//!
//! Every evaluator gets the documents of its own system, as its own interface writes them, and
//! FlagKit reads the same ones. `cargo run --release -- --check` compares the answers,
//! `cargo run --release` measures.

use std::process::ExitCode;

use flagkit_benches::allocations::Counting;
use flagkit_benches::contender::native;
use flagkit_benches::race::{self, Matchup};

mod configcat;
mod eppo;
mod flagd;
mod flagsmith;
mod growthbook;
mod launchdarkly;
mod ready;
mod unleash;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One file for each peer, and one line here.
fn matchups() -> Vec<Matchup> {
    let peers = [
        vec![native::matchup()],
        unleash::matchups(),
        launchdarkly::matchups(),
        eppo::matchups(),
        configcat::matchups(),
        flagd::matchups(),
        flagsmith::matchups(),
        growthbook::matchups(),
    ];
    peers.into_iter().flatten().collect()
}

fn main() -> ExitCode {
    match race::main(&matchups()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
