//! Every crate of others that users compile because a manifest of ours says so is on the page
//! about dependencies, with what it is there for.

use super::packages::{Dependency, Package};
use super::tree::Tree;
use super::{Facts, Violation};

/// Looks for the names in the page.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let page = facts.tree.find(PAGE).map(|file| file.text.as_str()).unwrap_or_default();
    let shipped = |package: &&Package| facts.packages.shipped.contains(&package.id);
    let ours = facts.packages.ours().filter(shipped);
    ours.flat_map(|package| missing(package, page, &facts.tree)).collect()
}

/// The crates of one manifest that the page lacks.
fn missing(package: &Package, page: &str, tree: &Tree) -> Vec<Violation> {
    let compiled = package.dependencies.iter().filter(|dependency| is_compiled(dependency));
    let names = compiled.map(|dependency| dependency.name.as_str());
    let missing = names.filter(|name| !page.contains(&format!("`{name}`")));
    let violation = |name: &str| {
        let line = tree.line_beginning(&package.manifest, name);
        let what = format!("`{name}` is not in {PAGE}");
        Violation::new(&package.manifest, line, what, "say there what it is for and what it reads")
    };
    missing.map(violation).collect()
}

/// Whether a user can come to compile it.
fn is_compiled(dependency: &Dependency) -> bool {
    let is_for_loom = dependency.target.as_deref() == Some("cfg(loom)");
    !dependency.is_ours && !dependency.is_dev && !is_for_loom
}

const PAGE: &str = "docs/dependencies.md";

#[cfg(test)]
mod tests;
