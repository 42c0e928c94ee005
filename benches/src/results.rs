//! What was measured, as lines of JSON.
//!
//! One line is one [`Measurement`]: one contender in one scenario. Contenders with the same
//! `document` and `scenario` read the same text and were timed in turns; the first of them is
//! FlagKit (`is_baseline`), and the `ratio` of the others is their time divided by FlagKit's in the
//! same round, so that 3 means three times slower than FlagKit.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::measure::Spread;

/// One contender in one scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "written and read in this crate's users")]
pub struct Measurement {
    /// The short name of the scenario: `W2x`.
    pub scenario: String,
    /// `prepared` or `built`: whether contexts were made beforehand or in each call; `none` for
    /// loading.
    pub context: String,
    /// Whose document it is: `unleash`.
    pub dialect: String,
    /// Which way of writing the document: `unleash`, or `unleash, plain strategies`.
    pub document: String,
    /// Who answers: `flagkit`, or the name and the version of another crate and how it is used.
    pub contender: String,
    /// Whether the others are compared with this one: FlagKit, unless it was left out.
    pub is_baseline: bool,
    /// In how many rounds it was timed; the slow are in fewer.
    pub rounds: usize,
    /// Nanoseconds per call; a call evaluates all flags in W6 and W6L, and loads them in W7.
    pub nanoseconds: Spread,
    /// Its time divided by that of the baseline.
    pub ratio: Spread,
    /// Allocations per call.
    pub allocations: f64,
    /// What loading leaves behind; only for loading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Memory>,
}

/// The memory of a loaded document.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "three numbers")]
pub struct Memory {
    /// Bytes of the document's text.
    pub document: u64,
    /// Bytes on the heap once it is loaded, without the text.
    pub live: i64,
    /// The most bytes on the heap while it is loaded, without the text.
    pub peak: i64,
}

/// Writes measurements to a file as they come.
#[derive(Debug)]
#[non_exhaustive]
pub struct Journal {
    file: File,
}

impl Journal {
    /// A new file; an old one is replaced.
    ///
    /// # Errors
    ///
    /// As creating a file.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::create(path)? })
    }

    /// Adds a line.
    ///
    /// # Errors
    ///
    /// As writing to a file.
    pub fn write(&mut self, measurement: &Measurement) -> io::Result<()> {
        let line = serde_json::to_string(measurement)?;
        writeln!(self.file, "{line}")
    }
}

/// Reads what a [`Journal`] has written.
///
/// # Errors
///
/// As reading a file, or a line that is no measurement.
pub fn read(path: &Path) -> io::Result<Vec<Measurement>> {
    let lines = BufReader::new(File::open(path)?).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

#[cfg(test)]
mod tests;
