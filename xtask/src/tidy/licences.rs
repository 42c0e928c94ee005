//! Licences and sources of everything that others wrote.
//!
//! The allowed licences are those of `deny.toml`. Packages come from crates.io:
//! anything else could change under our feet, and could not be published.

use super::packages::Package;
use super::tree::Tree;
use super::{Facts, Violation, deny_file};

/// Checks every third-party package, also those that only tests compile.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let deny = facts.tree.find("deny.toml").map(|file| file.text.as_str()).unwrap_or_default();
    let allowed = deny_file::strings(deny, "licenses", "allow");
    let third_party = facts.packages.third_party();
    third_party.flat_map(|package| check_package(package, &allowed, &facts.tree)).collect()
}

/// What is wrong with one package.
fn check_package(package: &Package, allowed: &[String], tree: &Tree) -> Vec<Violation> {
    let named = format!("`{} {}`", package.name, package.version);
    let line = tree.line_beginning("Cargo.lock", &format!("name = \"{}\"", package.name));
    let mut violations = Vec::new();
    let licence = package.licence.as_deref().unwrap_or("none");
    if !is_allowed(licence, allowed) {
        let what = format!("{named} has the licence `{licence}`, which is not allowed");
        let mend = "replace it, or add the licence to deny.toml with the team's consent";
        violations.push(Violation::new("Cargo.lock", line, what, mend));
    }
    let source = package.source.as_deref().unwrap_or_default();
    if !source.starts_with("registry+") || !source.ends_with("/crates.io-index") {
        let what = format!("{named} is not from crates.io but from `{source}`");
        violations.push(Violation::new("Cargo.lock", line, what, "use a published version"));
    }
    violations
}

/// Whether an SPDX expression can be fulfilled with allowed licences only.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut expression = Expression { rest: &words, allowed };
    expression.any() && expression.rest.is_empty()
}

/// The words that are still to be read; `AND` binds tighter than `OR`.
struct Expression<'e> {
    rest: &'e [&'e str],
    allowed: &'e [String],
}

impl Expression<'_> {
    /// Licences or groups joined by `OR`.
    fn any(&mut self) -> bool {
        let mut allowed = self.all();
        while self.skip("OR") {
            allowed |= self.all();
        }
        allowed
    }

    /// Licences or groups joined by `AND`.
    fn all(&mut self) -> bool {
        let mut allowed = self.one();
        while self.skip("AND") {
            allowed &= self.one();
        }
        allowed
    }

    /// One licence with its exception, or a group in parentheses.
    fn one(&mut self) -> bool {
        if self.skip("(") {
            return self.any() & self.skip(")");
        }
        let Some((&licence, rest)) = self.rest.split_first() else {
            return false;
        };
        self.rest = rest;
        let mut name = licence.to_owned();
        if self.skip("WITH")
            && let Some((&exception, rest)) = self.rest.split_first()
        {
            self.rest = rest;
            name = format!("{name} WITH {exception}");
        }
        self.allowed.contains(&name)
    }

    /// Passes over the word if it comes next.
    fn skip(&mut self, word: &str) -> bool {
        match self.rest.split_first() {
            Some((&next, rest)) if next == word => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
