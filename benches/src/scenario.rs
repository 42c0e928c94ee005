//! The scenarios of the comparison with other evaluators, in nobody's words.
//!
//! A scenario is flags with a shape, users, and a way to ask. Each flag management system
//! writes the flags in its own words; the answers must be the ones expected here, and the same
//! from everybody who reads one document, before anything is timed.

use crate::order::{Random, shuffled};

pub mod expected;
pub mod shape;
pub mod users;

use shape::{Asked, Flag, Last, Shape};
use users::User;

/// One row of the comparison.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Scenario {
    /// The short name: `W2x`.
    pub id: &'static str,
    /// What happens in it, in one line.
    pub about: &'static str,
    /// The flags of its document.
    flags: Flags,
    /// How many users there are.
    users: usize,
    /// What is timed.
    pub work: Work,
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever measures handles all of them")]
pub enum Work {
    /// One question about one flag.
    Single,
    /// All flags for one user, in the one call that the evaluator has for that.
    All,
    /// All flags for one user, one question each.
    Loop,
    /// From the document's text to an evaluator that answers.
    Load,
}

#[derive(Clone, Copy, Debug)]
enum Flags {
    One(Shape),
    /// So many, a third each: on for everyone, 50 %, five rules of which the last is this one.
    Mixed(usize, Last),
}

/// All scenarios.
pub const SCENARIOS: &[Scenario] = &[
    Scenario::one("W1", "on, no targeting; 1,000 users", Shape::On, 1_000),
    Scenario::one("W2", "50 % by user id; 1,000 users", Shape::Half, 1_000),
    Scenario::one("W2x", "50 % by user id; 20,000 users", Shape::Half, 20_000),
    Scenario::one(
        "W3",
        "five rules, only the last matches, a pattern; a 50/30/20 split",
        Shape::FiveRules(Last::Pattern),
        1_000,
    ),
    Scenario::one(
        "W3s",
        "five rules, only the last matches, a prefix; a 50/30/20 split",
        Shape::FiveRules(Last::Prefix),
        1_000,
    ),
    Scenario::one("W4", "one rule with 10,000 ids; every other user is one", Shape::Ids, 1_000),
    Scenario::many(
        "W5",
        "10,000 flags like W1, W2, W3s; random flag and user",
        10_000,
        Work::Single,
    ),
    Scenario {
        flags: Flags::Mixed(10_000, Last::Pattern),
        ..Scenario::many(
            "W5r",
            "10,000 flags like W1, W2, W3; random flag and user",
            0,
            Work::Single,
        )
    },
    Scenario::many("W6", "all of 1,000 flags for one user, in one call", 1_000, Work::All),
    Scenario::many("W6L", "all of 1,000 flags for one user, one by one", 1_000, Work::Loop),
    Scenario::many("W7", "load 10,000 flags from JSON text", 10_000, Work::Load),
];

impl Scenario {
    const fn one(id: &'static str, about: &'static str, shape: Shape, users: usize) -> Self {
        Self { id, about, flags: Flags::One(shape), users, work: Work::Single }
    }

    const fn many(id: &'static str, about: &'static str, count: usize, work: Work) -> Self {
        Self { id, about, flags: Flags::Mixed(count, Last::Prefix), users: 1_000, work }
    }

    /// The scenario with everything that it needs.
    pub fn prepare(&self) -> Case {
        let flags = match self.flags {
            Flags::One(shape) => vec![Flag { name: format!("flag-{}", self.id), shape }],
            Flags::Mixed(count, last) => mixed_flags(count, last),
        };
        let users: Vec<User> = (0..self.users).map(users::user).collect();
        let questions: Vec<Question> = flags.iter().map(Question::of).collect();
        let order = match self.flags {
            Flags::One(_) => (0..users.len()).map(|user| (0, user)).collect(),
            Flags::Mixed(count, _) => random_order(count, users.len()),
        };
        let probes = match self.flags {
            Flags::One(Shape::FiveRules(_)) => users::probes(),
            _ => Vec::new(),
        };
        Case { scenario: *self, flags, questions, users, order, probes }
    }
}

/// A scenario with everything that it needs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case {
    /// Which one.
    pub scenario: Scenario,
    /// The flags of the document.
    pub flags: Vec<Flag>,
    /// One question for each flag, in the same order.
    pub questions: Vec<Question>,
    /// Who asks.
    pub users: Vec<User>,
    /// The places of questions and users, in the order in which they are asked.
    pub order: Vec<(usize, usize)>,
    /// Users that only a single rule of five is for, or just not, and what they get.
    pub probes: Vec<(User, expected::Served)>,
}

impl Case {
    /// The question and the user at each place of the order.
    pub fn asked(&self) -> impl Iterator<Item = (&Question, &User)> {
        self.order.iter().filter_map(|(question, user)| {
            Some((self.questions.get(*question)?, self.users.get(*user)?))
        })
    }
}

/// What an application asks for: it knows the name of a flag and of what kind it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Question {
    /// The name of the flag.
    pub flag: String,
    /// Whether it is on, or which variant it serves.
    pub asked: Asked,
}

impl Question {
    fn of(flag: &Flag) -> Self {
        Self { flag: flag.name.clone(), asked: flag.shape.asked() }
    }
}

/// So many flags, a third each: on for everyone, 50 %, five rules.
pub fn mixed_flags(count: usize, last: Last) -> Vec<Flag> {
    (0..count).map(|number| mixed(number, last)).collect()
}

fn mixed(number: usize, last: Last) -> Flag {
    let shape = match number % 3 {
        0 => Shape::On,
        1 => Shape::Half,
        _ => Shape::FiveRules(last),
    };
    Flag { name: format!("flag-{number:06}"), shape }
}

/// Every flag six times, in an order that no cache expects, each time for a random user.
fn random_order(flags: usize, users: usize) -> Vec<(usize, usize)> {
    let mut random = Random::new();
    let passes = (0..PASSES).flat_map(|_| shuffled(flags, &mut random)).collect::<Vec<usize>>();
    passes.into_iter().map(|flag| (flag, random.below(users))).collect()
}

const PASSES: usize = 6;

#[cfg(test)]
mod tests;
