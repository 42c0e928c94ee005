//! Two versions of one crate in what users compile.
//!
//! cargo-deny says the same where it is installed; the exceptions are those in
//! `deny.toml`. Dev-dependencies are not looked at.

use std::collections::BTreeMap;

use super::packages::Package;
use super::{Facts, Violation, deny_file};

/// Reports each older version that is not excepted.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let deny = facts.tree.find("deny.toml").map(|file| file.text.as_str()).unwrap_or_default();
    let skipped = deny_file::strings(deny, "bans", "skip");
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let compiled = |package: &&Package| facts.packages.shipped.contains(&package.id);
    let kept = |package: &&Package| !skipped.iter().any(|skip| is_skipped(package, skip));
    for package in facts.packages.third_party().filter(compiled).filter(kept) {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    let duplicates = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
    let violation = |(name, versions): (&str, Vec<&str>)| {
        let line = facts.tree.line_beginning("Cargo.lock", &format!("name = \"{name}\""));
        let what = format!("`{name}` is compiled as {}", versions.join(" and as "));
        let mend = "update who needs the older one, or add it to `skip` in deny.toml";
        Violation::new("Cargo.lock", line, what, mend)
    };
    duplicates.map(violation).collect()
}

/// Whether an entry like `syn@2` or `syn` means this package.
fn is_skipped(package: &Package, entry: &str) -> bool {
    let (name, version) = entry.split_once('@').unwrap_or((entry, ""));
    let rest = package.version.strip_prefix(version);
    name == package.name
        && rest.is_some_and(|rest| version.is_empty() || !rest.starts_with(is_digit))
}

/// Whether a character continues a part of a version.
fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

#[cfg(test)]
mod tests;
