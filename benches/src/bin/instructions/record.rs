//! The counts that were accepted, as a table that people read in a review.

use std::fmt;
use std::str::FromStr;

use flagkit_benches::native;

/// What all scenarios cost, and who compiled them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    /// What `rustc --version` says.
    pub(crate) compiler: String,
    /// One for each scenario.
    pub(crate) counts: Vec<Count>,
}

/// What one call of a scenario costs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Count {
    /// Its name.
    pub(crate) scenario: String,
    /// None where they could not be counted.
    pub(crate) instructions: Option<f64>,
    /// How often memory is asked for.
    pub(crate) allocations: f64,
}

impl Record {
    /// The count of this scenario.
    pub(crate) fn of(&self, scenario: &str) -> Option<&Count> {
        self.counts.iter().find(|count| count.scenario == scenario)
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}\n{}\n", self.compiler)?;
        writeln!(
            f,
            "{:<14} {:>12} {:>11}  what one call is",
            SCENARIO, "instructions", "allocations"
        )?;
        for count in &self.counts {
            let scenario = native::ALL.iter().find(|scenario| scenario.name == count.scenario);
            writeln!(
                f,
                "{:<14} {:>12} {:>11}  {}",
                count.scenario,
                count.instructions.map(|number| format!("{number:.1}")).unwrap_or_default(),
                count.allocations,
                scenario.map(|scenario| scenario.about).unwrap_or_default(),
            )?;
        }
        Ok(())
    }
}

impl FromStr for Record {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (mut compiler, mut counts) = (None, Vec::new());
        for line in lines {
            match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                ["rustc", ..] => compiler = Some(line.to_owned()),
                [SCENARIO, ..] => {}
                [scenario, instructions, allocations, ..] => counts.push(Count {
                    scenario: (*scenario).to_owned(),
                    instructions: Some(number(line, instructions)?),
                    allocations: number(line, allocations)?,
                }),
                _ => return Err(format!("this is no count: `{line}`")),
            }
        }
        Ok(Self { compiler: compiler.ok_or("it does not name the compiler")?, counts })
    }
}

fn number(line: &str, word: &str) -> Result<f64, String> {
    word.parse().map_err(|_| format!("`{word}` is no number: `{line}`"))
}

const SCENARIO: &str = "scenario";

const HEAD: &str = "\
# What one call costs: instructions (valgrind --tool=callgrind, x86-64) and heap allocations.
# `cargo xtask bench --check` compares with this file, `cargo xtask bench --accept` writes it.
";

#[cfg(test)]
mod tests;
