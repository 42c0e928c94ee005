//! What must be served, whoever answers.

use super::Case;
use super::shape::{SHARES, Shape};

/// What a flag serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "all that flags of the scenarios can serve")]
pub enum Served {
    /// Off, or no variant.
    Off,
    /// On.
    On,
    /// The variant `a`.
    A,
    /// The variant `b`.
    B,
    /// The variant `c`.
    C,
    /// The variant `d`.
    D,
}

impl Served {
    /// On or off.
    #[inline]
    pub fn switch(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }

    /// The variant with this name; off for any other.
    #[inline]
    pub fn variant(name: &str) -> Self {
        match name {
            "a" => Self::A,
            "b" => Self::B,
            "c" => Self::C,
            "d" => Self::D,
            _ => Self::Off,
        }
    }
}

/// Says what is wrong with answers to the first questions of [`Case::asked`].
///
/// # Errors
///
/// The first answer, or the first share, that the scenario does not allow.
pub fn judge(case: &Case, answers: &[Served]) -> Result<(), String> {
    let mut halves = Vec::new();
    let mut splits = Vec::new();
    for ((question, user), (answer, (flag, _))) in case.asked().zip(answers.iter().zip(&case.order))
    {
        let shape = case.flags.get(*flag).map(|flag| flag.shape);
        let is_right = match shape {
            Some(Shape::On) => *answer == Served::On,
            Some(Shape::Ids) => *answer == Served::switch(has_even_number(&user.id)),
            Some(Shape::Half) => {
                halves.push(*answer);
                matches!(answer, Served::On | Served::Off)
            }
            Some(Shape::FiveRules(_)) => {
                splits.push(*answer);
                matches!(answer, Served::A | Served::B | Served::C)
            }
            None => false,
        };
        if !is_right {
            return Err(format!("`{}` serves {answer:?} to `{}`", question.flag, user.id));
        }
    }
    about(&halves, Served::On, 50)?;
    SHARES.iter().try_for_each(|(name, percent)| about(&splits, Served::variant(name), *percent))
}

fn has_even_number(id: &str) -> bool {
    let number = id.rsplit('-').next().and_then(|number| number.parse::<usize>().ok());
    number.is_some_and(|number| number % 2 == 0)
}

/// Whether so many percent of the answers are this one, give or take seven.
fn about(answers: &[Served], served: Served, percent: u32) -> Result<(), String> {
    let found = answers.iter().filter(|answer| **answer == served).count();
    let is_few = answers.len() < FEW;
    if is_few || (found * 100 / answers.len()).abs_diff(percent as usize) <= 7 {
        return Ok(());
    }
    Err(format!("{found} of {} answers are {served:?}, not {percent} %", answers.len()))
}

/// Below so many answers a share says nothing.
const FEW: usize = 200;
