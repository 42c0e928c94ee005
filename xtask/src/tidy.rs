//! `cargo xtask tidy`: the rules of this repository that no other tool checks.
//!
//! Each rule is one file below `tidy/`: a pure function from the [`Facts`] (the
//! tracked files, and what `cargo metadata` says) to its violations. Adding a rule is
//! adding a file and a line in [`CHECKS`]. A violation is one line that says where,
//! what, and how to mend it.

mod audit;
mod boundary;
mod circles;
mod confined;
mod deny_file;
mod directions;
mod duplicates;
mod leftovers;
mod lengths;
mod licences;
mod machine_paths;
mod names;
mod packages;
mod readme;
mod source;
mod third_party;
mod tree;
mod vendor_words;

use std::fmt;

use crate::failure::{Failure, Outcome};
use crate::suggest;

use self::packages::Packages;
use self::tree::Tree;

/// Runs all checks; there are no options.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &[])?;
    run()
}

/// Prints every violation; one is enough to fail.
pub(crate) fn run() -> Outcome {
    let facts = Facts { tree: Tree::read()?, packages: Packages::read()? };
    let mut violations: Vec<Violation> =
        CHECKS.iter().flat_map(|(_, check)| check(&facts)).collect();
    violations.sort();
    violations.dedup();
    for violation in &violations {
        println!("{violation}");
    }
    if violations.is_empty() {
        println!("tidy: {} checks over {} files passed", CHECKS.len(), facts.tree.files.len());
        return Ok(());
    }
    Err(Failure::new(format!("tidy found {} violations", violations.len())))
}

/// A rule: what it is about, and the function that finds its violations.
type Check = (&'static str, fn(&Facts) -> Vec<Violation>);

/// All rules.
const CHECKS: &[Check] = &[
    ("which of our crates may depend on which", directions::check),
    ("which crate may use which third-party crate, and how many", third_party::check),
    ("code that is confined to a few files", confined::check),
    ("functions of the C interface inside the boundary", boundary::check),
    ("length of files and functions", lengths::check),
    ("vendor words in the core", vendor_words::check),
    ("circles between the files of the core", circles::check),
    ("leftovers", leftovers::check),
    ("paths of a developer's machine", machine_paths::check),
    ("names of types", names::check),
    ("licences and sources", licences::check),
    ("the page about dependencies", audit::check),
    ("two versions of one crate", duplicates::check),
    ("commands in the README", readme::check),
];

/// All that the checks look at.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The files of the repository.
    pub(crate) tree: Tree,
    /// The packages of the workspace and what they depend on.
    pub(crate) packages: Packages,
}

/// One broken rule at one place.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Violation {
    path: String,
    line: usize,
    what: String,
    mend: String,
}

impl Violation {
    /// A violation; `what` states the fact, `mend` says what to do.
    pub(crate) fn new(
        path: &str,
        line: usize,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}; {}", self.path, self.line, self.what, self.mend)
    }
}

#[cfg(test)]
mod tests;
