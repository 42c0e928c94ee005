//! `cargo xtask ci`: what a change must pass, in the order of the cheapest answer.
//!
//! What `setup` installs is there before anything is compiled: one of the features needs headers.

use crate::command_line::CommandLine;
use crate::failure::Outcome;
use crate::plan::{self, Step};
use crate::{bench, test, tidy};

/// Runs the checks, the tests and what takes longest, or those steps that the arguments select.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    let (setup, tests) = test::STEPS.split_at(1);
    let steps = FIRST.iter().chain(setup).chain(LINTS).chain(tests).chain(LAST);
    plan::run("ci", &steps.copied().collect::<Vec<Step>>(), arguments)
}

/// The steps that compile nothing.
const FIRST: &[Step] = &[
    Step { name: "fmt", about: "formatting", run: formatting },
    Step { name: "tidy", about: "the rules of this repository", run: tidy::run },
    Step { name: "deny", about: "bans, licences and sources, if cargo-deny is there", run: deny },
];

/// The steps between `setup` and the tests.
const LINTS: &[Step] = &[
    Step { name: "clippy", about: "lints with all features", run: clippy },
    Step {
        name: "clippy-minimal",
        about: "lints of the libraries without features",
        run: clippy_minimal,
    },
    Step {
        name: "features",
        about: "lints with TLS of each kind, and with each flag management system alone",
        run: features,
    },
    Step { name: "doc", about: "documentation, private items too", run: documentation },
];

/// The steps after the tests.
const LAST: &[Step] = &[Step {
    name: "instructions",
    about: "no call takes more instructions or allocations than on record",
    run: bench::check,
}];

/// Nothing is formatted differently.
fn formatting() -> Outcome {
    CommandLine::cargo("fmt --all --check").run()
}

/// cargo-deny where it is installed; tidy checks the same rules without it.
fn deny() -> Outcome {
    if !CommandLine::cargo("deny --version").succeeds() {
        eprintln!("cargo-deny is not installed; `tidy` has checked the same rules");
        return Ok(());
    }
    CommandLine::cargo("deny check bans licenses sources").run()
}

/// Every target of every crate.
fn clippy() -> Outcome {
    CommandLine::cargo("clippy --workspace --all-targets --all-features -- -D warnings").run()
}

/// The core as the smallest user builds it.
fn clippy_minimal() -> Outcome {
    CommandLine::cargo("clippy -p flagkit-core --no-default-features -- -D warnings").run()?;
    CommandLine::cargo("clippy -p flagkit -p flagkit-dialects -- -D warnings").run()?;
    CommandLine::cargo("clippy -p flagkit --no-default-features -- -D warnings").run()
}

/// The libraries as somebody builds them who chooses TLS, asks through OpenFeature, sends telemetry,
/// or uses one flag management system.
fn features() -> Outcome {
    let check = |features: &str| {
        let crates = "-p flagkit -p flagkit-client -p flagkit-dialects";
        let command = format!("clippy --quiet {crates} {features} -- -D warnings");
        CommandLine::cargo(&command).run()
    };
    check("--no-default-features --features flagkit/client")?;
    check("--no-default-features --features flagkit/native-tls")?;
    check("--features flagkit/openfeature-provider")?;
    check("--features flagkit/opentelemetry")?;
    VENDORS.iter().try_for_each(|vendor| check(&format!("--features flagkit/{vendor}")))
}

/// The features of the facade that each bring one dialect.
const VENDORS: &[&str] = &[
    "configcat",
    "eppo",
    "flagd",
    "flagsmith",
    "flipt",
    "go-feature-flag",
    "growthbook",
    "launchdarkly",
    "openfeature",
    "split",
    "statsig",
    "unleash",
];

/// A link in the documentation that leads nowhere is an error.
fn documentation() -> Outcome {
    CommandLine::cargo("doc --workspace --no-deps --document-private-items")
        .with("RUSTDOCFLAGS", "-Dwarnings")
        .run()
}
