//! Which of our crates may depend on which: the arrows of the architecture.
//!
//! Dev-dependencies are freer, because they leave no trace in what users compile:
//! only the crates that nobody depends on are refused there.

use super::packages::{Dependency, Package};
use super::tree::Tree;
use super::{Facts, Violation};

/// Checks the manifests, and that examples see nothing but the facade.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let mut violations: Vec<Violation> =
        facts.packages.ours().flat_map(|package| check_package(package, &facts.tree)).collect();
    violations.extend(check_examples(&facts.tree));
    violations
}

/// What a crate of ours may depend on.
enum May {
    /// These crates of ours.
    Only(&'static [&'static str]),
    /// Any crate of ours that is not in [`ENDS`].
    Anything,
}

/// The arrows. A new crate, or a new arrow, needs a line here and a decision record in docs/adr.
const ARROWS: &[(&str, May)] = &[
    ("flagkit-core", May::Only(&[])),
    ("flagkit-stats", May::Only(&[])),
    ("flagkit-macros", May::Only(&[])),
    ("flagkit-postgres", May::Only(&[])),
    ("flagkit-protocol", May::Only(&[])),
    ("flagkit-dialects", May::Only(&["flagkit-core"])),
    ("flagkit-testkit", May::Only(&["flagkit-core"])),
    (
        "flagkit-deploy",
        May::Only(&["flagkit-core", "flagkit-dialects", "flagkit-postgres", "flagkit-stats"]),
    ),
    ("flagkit-client", May::Only(&["flagkit-core", "flagkit-dialects", "flagkit-protocol"])),
    (
        "flagkit",
        May::Only(&["flagkit-core", "flagkit-dialects", "flagkit-macros", "flagkit-client"]),
    ),
    (
        "flagkit-server",
        May::Only(&[
            "flagkit-core",
            "flagkit-dialects",
            "flagkit-postgres",
            "flagkit-protocol",
            "flagkit-deploy",
        ]),
    ),
    ("flagkit-ffi", May::Only(&["flagkit"])),
    ("flagkit-python", May::Only(&["flagkit"])),
    ("flagkit-cli", May::Anything),
    ("flagkit-benches", May::Anything),
    ("xtask", May::Only(&[])),
    ("flagkit-sdk-script", May::Only(&["flagkit"])),
    ("flagkit-equality", May::Only(&["flagkit"])),
];

/// The crates that nobody depends on, not even for tests.
const ENDS: &[&str] = &[
    "xtask",
    "flagkit-benches",
    "flagkit-ffi",
    "flagkit-python",
    "flagkit-sdk-script",
    "flagkit-equality",
];

/// The crates that may use `flagkit-testkit` outside of tests; `fuzz` is a workspace of its own.
const TESTKIT_USERS: &[&str] = &["flagkit-benches", "flagkit-equality"];

/// Every forbidden arrow that leaves a package.
fn check_package(package: &Package, tree: &Tree) -> Vec<Violation> {
    let name = package.name.as_str();
    let Some((_, may)) = ARROWS.iter().find(|(known, _)| *known == name) else {
        return vec![Violation::new(
            &package.manifest,
            1,
            format!("`{name}` has no place in the table of allowed dependencies"),
            "decide on its arrows and add them to xtask/src/tidy/directions.rs",
        )];
    };
    let refused = |dependency: &Dependency| {
        let why = refusal(name, may, dependency)?;
        let line = tree.line_beginning(&package.manifest, &dependency.name);
        let what = format!("`{name}` must not depend on `{}`", dependency.name);
        Some(Violation::new(&package.manifest, line, what, why))
    };
    let ours = package.dependencies.iter().filter(|dependency| dependency.is_ours);
    ours.filter_map(refused).collect()
}

/// What to do about a forbidden arrow; none for an allowed one.
fn refusal(name: &str, may: &May, dependency: &Dependency) -> Option<String> {
    let target = dependency.name.as_str();
    if ENDS.contains(&target) {
        return Some("nobody depends on it: move what is shared into a library crate".to_owned());
    }
    if dependency.is_dev {
        return None;
    }
    if target == "flagkit-testkit" {
        let mend = "make it a dev-dependency: the test kit is for tests only";
        return (!TESTKIT_USERS.contains(&name)).then(|| mend.to_owned());
    }
    match may {
        May::Anything => None,
        May::Only(allowed) if allowed.contains(&target) => None,
        May::Only([]) => Some("it depends on none of ours".to_owned()),
        May::Only(allowed) => Some(format!("it may depend on {}", allowed.join(", "))),
    }
}

/// Examples show what a user has: the facade.
fn check_examples(tree: &Tree) -> Vec<Violation> {
    let examples = tree.rust().filter(|file| file.path.starts_with("examples/"));
    let inner = |text: &str| text.starts_with("flagkit_");
    let found = examples.flat_map(|file| {
        let tokens = file.source.tokens.iter().filter(|token| inner(&token.text));
        tokens.map(|token| {
            let what = format!("an example uses `{}`", token.text);
            Violation::new(&file.path, token.line, what, "use what `flagkit` exports")
        })
    });
    found.collect()
}

#[cfg(test)]
mod tests;
