//! The same metric in another unit.

use super::classifier::{FACTORS, verdict};
use crate::cases::Tree;
use crate::cases::field::Problem;
use crate::kayenta::shift::Precision;

/// How verdicts do in other units.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Rescaled {
    /// How many verdicts were asked for again.
    pub questions: usize,
    /// Those that changed, in words.
    pub flips: Vec<String>,
    /// Those that are not the expected ones in the unit of the file, in words.
    pub unexpected: Vec<String>,
}

/// Asks every labelled case of a file of Kayenta's classifier again in six other units.
///
/// # Errors
///
/// If the text is no JSON, or a case cannot be read.
pub fn rescaled(text: &str, precision: Precision) -> Result<Rescaled, Problem> {
    let tree = Tree::parse(text)?;
    let mut answer = Rescaled::default();
    for case in tree.root().at("cases").items()? {
        let wanted = case.at("expect").at("classification");
        if wanted.is_absent() {
            continue;
        }
        let label = verdict(&case, 1.0, precision)?.label;
        let name = case.at("name").text().unwrap_or(case.path()).to_owned();
        if wanted.text()? != label.name() {
            answer.unexpected.push(format!("{name}: {}", label.name()));
        }
        for factor in FACTORS {
            answer.questions += 1;
            let other = verdict(&case, factor, precision)?.label;
            if other != label {
                let (label, other) = (label.name(), other.name());
                answer.flips.push(format!("{name}: {label}, but {other} times {factor:e}"));
            }
        }
    }
    Ok(answer)
}
