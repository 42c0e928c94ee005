//! Cases that others wrote down: inputs with the answers that another program gave.
//!
//! [`run`] reads a file of them, recognises each case by the fields that it has, computes it and
//! compares. Fields that nobody asks for are left alone, and so is an answer that is not given. A
//! case that cannot be read is a failure with its path, and the others go on.
//!
//! ```
//! use flagkit_stats::cases::{run, shapes};
//!
//! let text = r#"{"cases": [{"fn": "norm.cdf", "args": [0.0], "value": "0.5"}]}"#;
//! let report = run(text, &shapes())?;
//! assert_eq!((report.cases, report.failed()), (1, 0));
//! # Ok::<(), flagkit_stats::cases::Problem>(())
//! ```

use std::collections::BTreeMap;

mod checks;
mod field;
mod growthbook;
mod kayenta;
mod reference;
mod text;
mod walk;

pub use checks::{Checks, Failure};
pub use field::{Field, Problem};
pub use kayenta::rescaled::{Rescaled, rescaled};
pub use text::Tree;

/// A kind of case: how it is recognised, and how it is run.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Its name, for people.
    pub name: &'static str,
    /// The fields by which it is recognised, for people.
    pub fields: &'static str,
    matches: fn(&Field<'_>) -> bool,
    check: fn(&Field<'_>, &mut Checks) -> Result<(), Problem>,
}

impl Shape {
    /// A shape with this name, these fields, what recognises it, and what computes and compares.
    pub const fn new(
        (name, fields): (&'static str, &'static str),
        matches: fn(&Field<'_>) -> bool,
        check: fn(&Field<'_>, &mut Checks) -> Result<(), Problem>,
    ) -> Self {
        Self { name, fields, matches, check }
    }
}

/// What came of a file.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// How many cases there are, those that cannot be read among them.
    pub cases: usize,
    /// How many numbers and words were compared.
    pub compared: usize,
    /// How many cases there are of each shape.
    pub shapes: BTreeMap<&'static str, usize>,
    /// What differs, in the order of the file; a case can have several.
    pub failures: Vec<Failure>,
    /// What has to be known about cases that pass.
    pub notes: Vec<String>,
    /// How many cases neither pass nor fail, because what they mean is not in the file.
    pub skipped: usize,
    /// What was left out, and why: such cases, and lists in which nothing was recognised.
    pub left_out: Vec<String>,
}

impl Report {
    /// In how many cases something differs.
    pub fn failed(&self) -> usize {
        let mut cases: Vec<usize> = self.failures.iter().map(|failure| failure.case).collect();
        cases.dedup();
        cases.len()
    }

    /// How many cases answer as they should.
    pub fn passed(&self) -> usize {
        self.cases.saturating_sub(self.failed() + self.skipped)
    }
}

/// Runs every case of a JSON text, whose numbers may be the words `NaN`, `Infinity` and
/// `-Infinity`, bare as Python writes them or as text.
///
/// # Errors
///
/// If it is no JSON, or nothing in it is a case of one of the shapes; then all shapes are named.
pub fn run(text: &str, shapes: &[Shape]) -> Result<Report, Problem> {
    let tree = Tree::parse(text)?;
    let mut report = Report::default();
    walk::walk(&tree.root(), shapes, &mut report);
    if report.cases == 0 {
        return Err(walk::nothing(&tree.root(), shapes));
    }
    Ok(report)
}

/// All shapes that this crate can compute.
pub fn shapes() -> Vec<Shape> {
    [kayenta::SHAPES, reference::SHAPES, growthbook::SHAPES].concat()
}

#[cfg(test)]
mod tests;
