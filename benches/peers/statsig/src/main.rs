//! FlagKit side by side with the evaluator of Statsig, in a binary of its own.
//!
//! Linked together with the other peers, its dependencies would switch on the building of full
//! automata in `regex` and ordered maps in `serde_json` for all of them. The floors and the native
//! rows are in both binaries, so that their numbers can be put beside each other.

use std::process::ExitCode;

use flagkit_benches::allocations::Counting;
use flagkit_benches::contender::native;
use flagkit_benches::race::{self, Matchup};

mod statsig;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn matchups() -> Vec<Matchup> {
    [vec![native::matchup()], statsig::matchups()].into_iter().flatten().collect()
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
