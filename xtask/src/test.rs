//! `cargo xtask test`: everything that can fail for a reason in the code.

use std::fs;
use std::path::Path;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::plan::{self, Step};
use crate::{c, conformance, demo, equality, fuzz, python, sdks, setup, simulate, target};

/// Runs the steps, or those that the arguments select.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    plan::run("test", STEPS, arguments)
}

/// The steps in their order: the fastest answer first.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "setup", about: "tools that the tests need", run: setup::run },
    Step { name: "workspace", about: "unit, integration and doc tests", run: workspace },
    Step { name: "core-minimal", about: "flagkit-core without features", run: core_minimal },
    Step { name: "loom", about: "every interleaving of the snapshot cell", run: loom },
    Step { name: "examples", about: "each example runs and succeeds", run: examples },
    Step { name: "demo", about: "the demo runs without a terminal", run: demo::run },
    Step {
        name: "conformance",
        about: "the vendors' public cases, where they are present",
        run: conformance::run,
    },
    Step { name: "sdks", about: "vendors' own SDKs against a running server", run: sdks::run },
    Step { name: "c", about: "the C library, and programs that use it", run: c::run },
    Step { name: "python", about: "the wheel of Python, as people get it", run: python::run },
    Step {
        name: "equality",
        about: "a million made-up evaluations, the same in every language",
        run: equality::run,
    },
    Step {
        name: "simulate",
        about: "releases in made-up worlds where things go wrong",
        run: simulate::run,
    },
    Step { name: "fuzz", about: "fuzz smoke, a few seconds each target", run: fuzz::run },
];

/// All tests of all crates with all features; those that need PostgreSQL where it is there.
fn workspace() -> Outcome {
    let tests = CommandLine::cargo("test --workspace --all-features");
    if setup::system_program("postgres").is_some() {
        return tests.run();
    }
    println!("PostgreSQL is missing: every test with `postgres` in its name is left out");
    tests.and("--").and("--skip").and("postgres").run()
}

/// The core as the smallest user builds it.
fn core_minimal() -> Outcome {
    CommandLine::cargo("test -p flagkit-core --no-default-features").run()
}

/// The model checker; a target folder of its own keeps its flags from rebuilding everything.
fn loom() -> Outcome {
    CommandLine::cargo("test -p flagkit-core --test loom --release --target-dir target/loom")
        .with("RUSTFLAGS", "--cfg loom")
        .run()
}

/// Every file of `examples/`; it is an error if there is none, because then nothing was tested.
fn examples() -> Outcome {
    let names = example_names(Path::new("examples"))?;
    if names.is_empty() {
        return Err(Failure::new("there is no example in `examples/`"));
    }
    // The tests of the workspace have compiled all of it.
    CommandLine::cargo("build --workspace --all-features --examples").run()?;
    names.iter().try_for_each(|name| {
        let program = target::debug(&format!("examples/{name}"))?;
        println!("{name}");
        CommandLine::new(program, "").run()
    })
}

/// The stems of the Rust files in a folder, sorted.
fn example_names(folder: &Path) -> Result<Vec<String>, Failure> {
    let unreadable = |error| Failure::new(format!("cannot read `{}`: {error}", folder.display()));
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            is_rust.then(|| path.file_stem()?.to_str().map(str::to_owned)).flatten()
        })
        .collect();
    names.sort();
    Ok(names)
}
