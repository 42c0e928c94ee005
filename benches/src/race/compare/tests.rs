//! A comparison that lets a wrong answer pass would be worth nothing.

use super::all;
use crate::contender::Contender;
use crate::contender::entrant::Entrant;
use crate::scenario::expected::Served;
use crate::scenario::users::User;
use crate::scenario::{Case, Question, SCENARIOS};

/// Answers as W4 demands, but not for one user.
struct Wrong<const USER: usize>;

impl<const USER: usize> Contender for Wrong<USER> {
    const NAME: &'static str = "wrong";

    type Context<'u> = &'u User;

    type All<'c> = Served;

    fn load(_document: &str) -> Result<Self, String> {
        Ok(Self)
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        user
    }

    fn decide(&self, _question: &Question, user: &Self::Context<'_>) -> Served {
        let number: usize = user.id.trim_start_matches("user-").parse().unwrap_or_default();
        Served::switch(number.is_multiple_of(2) != (number == USER))
    }

    fn all<'c>(&'c self, _user: &'c Self::Context<'_>) -> Option<Self::All<'c>> {
        Some(Served::On)
    }

    fn served(all: &Self::All<'_>, _question: &Question) -> Option<Served> {
        Some(*all)
    }
}

const NOBODY: usize = usize::MAX;

fn case(id: &str) -> Case {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.id == id).unwrap();
    scenario.prepare()
}

fn compared(entrants: &[Entrant]) -> Result<usize, String> {
    let loaded: Vec<_> = entrants.iter().map(|entrant| entrant.load("").unwrap()).collect();
    all(&case("W4"), entrants, &loaded)
}

#[test]
fn right_answers_are_all_compared() {
    let right = Entrant::of::<Wrong<NOBODY>>();
    assert_eq!(compared(&[right, right]), Ok(2_000));
}

#[test]
fn one_wrong_answer_of_a_thousand_is_found_and_named() {
    let (right, wrong) = (Entrant::of::<Wrong<NOBODY>>(), Entrant::of::<Wrong<999>>());
    let problem = compared(&[right, wrong]).unwrap_err();
    let parts = ["`flag-W4`", "`user-999`", "flagkit answers Off", "wrong answers On"];
    assert!(parts.iter().all(|part| problem.contains(part)), "{problem}");
}

#[test]
fn answers_that_agree_and_are_not_what_the_scenario_demands_are_refused() {
    let wrong = Entrant::of::<Wrong<0>>();
    assert_eq!(compared(&[wrong, wrong]).unwrap_err(), "`flag-W4` serves Off to `user-0`");
}

#[test]
fn a_call_for_all_flags_must_answer_as_single_calls_do() {
    let mut case = case("W6");
    case.questions.truncate(1);
    case.flags.truncate(1);
    case.order = vec![(0, 0)];
    let entrants = [Entrant::of::<Wrong<NOBODY>>()];
    let loaded: Vec<_> = entrants.iter().map(|entrant| entrant.load("").unwrap()).collect();
    let problem = all(&case, &entrants, &loaded).unwrap_err();
    assert!(problem.contains("`user-1`"), "{problem}");
}
