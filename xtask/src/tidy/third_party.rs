//! Which crate may use which third-party crate, and how many of them.
//!
//! Dev-dependencies are not looked at: no user compiles them.

use super::packages::{Dependency, Package};
use super::tree::Tree;
use super::{Facts, Violation};

/// Checks the manifests of our packages.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let each = |package| {
        let mut violations = confined(package, &facts.tree);
        violations.extend(over_budget(package));
        violations
    };
    facts.packages.ours().flat_map(each).collect()
}

/// Third-party crates that only some of our crates may use.
struct Reserved {
    /// The third-party crates.
    crates: &'static [&'static str],
    /// Who may use them.
    users: &'static [&'static str],
    /// Who may use them behind a feature.
    optional_users: &'static [&'static str],
}

/// All reserved crates; `deny.toml` says the same to cargo-deny where it can.
const RESERVED: &[Reserved] = &[
    Reserved {
        crates: &["serde", "serde_json"],
        users: &[
            "flagkit-dialects",
            "flagkit-protocol",
            "flagkit-client",
            "flagkit-deploy",
            "flagkit-server",
            "flagkit-cli",
            "flagkit-testkit",
            "flagkit-benches",
            "xtask",
            "flagkit-sdk-script",
            "flagkit-equality",
        ],
        optional_users: &["flagkit-core", "flagkit-stats"],
    },
    Reserved {
        crates: &["tokio"],
        users: &["flagkit-client", "flagkit-postgres", "flagkit-server", "flagkit-cli"],
        optional_users: &["flagkit-deploy"],
    },
    Reserved {
        crates: &["reqwest"],
        users: &["flagkit-client", "flagkit-server", "flagkit-cli"],
        optional_users: &["flagkit-deploy"],
    },
    Reserved {
        crates: &["arc-swap"],
        users: &["flagkit-core", "flagkit-benches"],
        optional_users: &[],
    },
];

/// How many third-party crates a user of ours must compile at most, directly required ones.
const BUDGETS: &[(&str, usize)] =
    &[("flagkit-core", 6), ("flagkit-dialects", 3), ("flagkit-client", 8), ("xtask", 1)];

/// Every use of a reserved crate by someone else.
fn confined(package: &Package, tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for dependency in package.dependencies.iter().filter(|dependency| !dependency.is_dev) {
        let name = dependency.name.as_str();
        let Some(reserved) = RESERVED.iter().find(|reserved| reserved.crates.contains(&name))
        else {
            continue;
        };
        let user = package.name.as_str();
        let as_feature = dependency.is_optional && reserved.optional_users.contains(&user);
        if !reserved.users.contains(&user) && !as_feature {
            let line = tree.line_beginning(&package.manifest, name);
            let what = format!("`{user}` must not use `{name}`");
            violations.push(Violation::new(&package.manifest, line, what, reserved.mend(user)));
        }
    }
    violations
}

impl Reserved {
    /// What to do.
    fn mend(&self, user: &str) -> String {
        if self.optional_users.contains(&user) {
            return "make it optional, behind a feature".to_owned();
        }
        format!("move the code into {}", self.users.join(", "))
    }
}

/// The package, if it requires more crates than it may.
fn over_budget(package: &Package) -> Option<Violation> {
    let (_, budget) = BUDGETS.iter().find(|(name, _)| *name == package.name)?;
    let mut required: Vec<&str> = package
        .dependencies
        .iter()
        .filter(|dependency| is_required(dependency))
        .map(|dependency| dependency.name.as_str())
        .collect();
    required.sort_unstable();
    required.dedup();
    (required.len() > *budget).then(|| {
        let count = required.len();
        let what = format!("{count} required third-party crates ({})", required.join(", "));
        let mend = format!("the budget is {budget}: make one optional, or do without");
        Violation::new(&package.manifest, 1, what, mend)
    })
}

/// Whether every user compiles it; the model checker loom is only for `--cfg loom`.
fn is_required(dependency: &Dependency) -> bool {
    let is_for_loom = dependency.target.as_deref() == Some("cfg(loom)");
    !dependency.is_ours && !dependency.is_dev && !dependency.is_optional && !is_for_loom
}

#[cfg(test)]
mod tests;
