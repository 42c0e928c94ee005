//! What a case wants, compared with what is computed.

use super::field::{Field, Problem};

/// Something that differs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Failure {
    /// The number of the case in the file, from 0.
    pub case: usize,
    /// The name of the case, if it has one.
    pub name: Option<String>,
    /// Where the wanted value is, or what cannot be read.
    pub path: String,
    /// What is wanted; empty if the case cannot be read.
    pub wanted: String,
    /// What is computed, or what is wrong with the case and how to mend it.
    pub got: String,
    /// How far away it may be, absolutely; nothing for words.
    pub tolerance: Option<f64>,
}

/// Collects what differs in one case.
#[derive(Debug, Default)]
pub struct Checks {
    pub(super) case: usize,
    pub(super) name: Option<String>,
    pub(super) compared: usize,
    pub(super) failures: Vec<Failure>,
    pub(super) notes: Vec<String>,
    pub(super) skipped: Option<String>,
}

impl Checks {
    /// Compares with a number, up to an absolute distance; not if no number is wanted.
    ///
    /// # Errors
    ///
    /// If something else is wanted.
    pub fn near(&mut self, wanted: &Field<'_>, got: f64, distance: f64) -> Result<(), Problem> {
        if wanted.is_absent() {
            return Ok(());
        }
        let number = wanted.number()?;
        self.number((wanted.path(), number), got, distance);
        Ok(())
    }

    /// Compares with a number, up to a part of it; not if no number is wanted.
    ///
    /// # Errors
    ///
    /// If something else is wanted.
    pub fn close(&mut self, wanted: &Field<'_>, got: f64, part: f64) -> Result<(), Problem> {
        let number = wanted.or(0.0)?;
        let distance = if number.is_finite() { part * number.abs() } else { 0.0 };
        self.near(wanted, got, distance)
    }

    /// Compares with a list of numbers, up to an absolute distance of each; not if none is wanted.
    ///
    /// # Errors
    ///
    /// If something else is wanted.
    pub fn all_near(
        &mut self,
        wanted: &Field<'_>,
        got: &[f64],
        distance: f64,
    ) -> Result<(), Problem> {
        if wanted.is_absent() {
            return Ok(());
        }
        let items = wanted.items()?;
        if items.len() == got.len() {
            let each = items.iter().zip(got);
            for (item, got) in each {
                self.number((item.path(), item.or(f64::NAN)?), *got, distance);
            }
        } else {
            let lengths = [items.len(), got.len()].map(|count| format!("{count} values"));
            let [wants, got] = lengths;
            self.words((wanted.path(), &wants), &got);
        }
        Ok(())
    }

    /// Compares two numbers; two that are no numbers are the same.
    pub fn number(&mut self, (path, wanted): (&str, f64), got: f64, distance: f64) {
        self.compared += 1;
        if !agree(wanted, got, distance) {
            let (wanted, got) = (shown(wanted), shown(got));
            self.differs(path, (wanted, got), Some(distance));
        }
    }

    /// Compares two words.
    pub fn words(&mut self, (path, wanted): (&str, &str), got: &str) {
        self.compared += 1;
        if wanted != got {
            self.differs(path, (wanted.to_owned(), got.to_owned()), None);
        }
    }

    /// Says something about a case that passes.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Says that the case cannot be judged, and why: it neither passes nor fails.
    pub fn leave_out(&mut self, place: &Field<'_>, why: &str) {
        self.skipped = Some(format!("{} {why}", place.path()));
    }

    fn differs(&mut self, path: &str, (wanted, got): (String, String), tolerance: Option<f64>) {
        let (case, name, path) = (self.case, self.name.clone(), path.to_owned());
        self.failures.push(Failure { case, name, path, wanted, got, tolerance });
    }

    /// That the case cannot be read.
    pub(super) fn unreadable(&mut self, problem: Problem) {
        self.differs(&problem.path, (String::new(), problem.what), None);
    }
}

/// Whether two numbers are as close as that, the same, or both none.
pub(super) fn agree(wanted: f64, got: f64, distance: f64) -> bool {
    wanted == got || (wanted - got).abs() <= distance || (wanted.is_nan() && got.is_nan())
}

/// A number with all its digits, short where it is whole.
fn shown(number: f64) -> String {
    let size = number.abs();
    let is_plain = number == 0.0 || (1e-4..1e15).contains(&size) || !number.is_finite();
    if is_plain { format!("{number}") } else { format!("{number:e}") }
}
