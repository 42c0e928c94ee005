//! FlagKit side by side with Statsig's own evaluator.

use std::process::ExitCode;

use flagkit_benches::allocations::Counting;
use flagkit_benches::race::{self, Matchup};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let matchups: Vec<Matchup> = Vec::new();
    match race::main(&matchups) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
