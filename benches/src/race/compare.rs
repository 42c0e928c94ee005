//! Answers: those that a scenario demands, and the same from everybody.

use crate::contender::entrant::{Entrant, Loaded};
use crate::scenario::expected::{self, Served};
use crate::scenario::users::User;
use crate::scenario::{Case, Question, Work};

/// Compares the answers of all contenders with those of the first, and says how many there are.
pub(super) fn all(
    case: &Case,
    entrants: &[Entrant],
    loaded: &[Box<dyn Loaded>],
) -> Result<usize, String> {
    let Some(baseline) = loaded.first() else { return Ok(0) };
    let most = match case.scenario.work {
        Work::Load => FEW_ANSWERS,
        _ => ANSWERS,
    };
    let answers = baseline.answers(case, most);
    expected::judge(case, &answers)?;
    let probes = baseline.probed(case);
    check_probes(case, &probes)?;
    let mut compared = answers.len() + probes.len();
    for (entrant, other) in entrants.iter().zip(loaded).skip(1) {
        let found = other.answers(case, most);
        compared += found.len();
        same(entrant, case.asked(), &answers, &found)?;
        let users = case.probes.iter().map(|(user, _)| user);
        let asked = case.questions.first().into_iter().cycle().zip(users);
        same(entrant, asked, &probes, &other.probed(case))?;
    }
    if case.scenario.work == Work::All {
        compared += in_one_call(case, entrants, loaded)?;
    }
    Ok(compared)
}

fn check_probes(case: &Case, answers: &[Served]) -> Result<(), String> {
    for ((user, wanted), found) in case.probes.iter().zip(answers) {
        if wanted != found {
            return Err(format!("{found:?} instead of {wanted:?} for {user:?}"));
        }
    }
    Ok(())
}

fn same<'c>(
    entrant: &Entrant,
    asked: impl Iterator<Item = (&'c Question, &'c User)>,
    ours: &[Served],
    theirs: &[Served],
) -> Result<(), String> {
    for ((question, user), (ours, theirs)) in asked.zip(ours.iter().zip(theirs)) {
        if ours != theirs {
            return Err(format!(
                "flag `{}`, user `{}`: flagkit answers {ours:?}, {} answers {theirs:?}",
                question.flag, user.id, entrant.name
            ));
        }
    }
    Ok(())
}

/// Calls for all flags answer as the questions one by one do.
fn in_one_call(
    case: &Case,
    entrants: &[Entrant],
    loaded: &[Box<dyn Loaded>],
) -> Result<usize, String> {
    let mut one_by_one = case.clone();
    let users = 0..case.users.len().min(USERS);
    one_by_one.order =
        users.flat_map(|user| (0..case.questions.len()).map(move |flag| (flag, user))).collect();
    let Some(baseline) = loaded.first() else { return Ok(0) };
    let answers = baseline.answers(&one_by_one, usize::MAX);
    let mut compared = 0;
    for (entrant, other) in entrants.iter().zip(loaded) {
        let Some(all) = other.all_answers(case, USERS) else { continue };
        let found: Vec<Served> = all.into_iter().flatten().collect();
        if found.len() != answers.len() {
            return Err(format!("{} does not answer for all flags", entrant.name));
        }
        compared += found.len();
        same(entrant, one_by_one.asked(), &answers, &found)?;
    }
    Ok(compared)
}

/// All users of the scenarios with one flag; with more, each flag at least twice.
const ANSWERS: usize = 20_000;
/// With the document of W7, which is that of W5.
const FEW_ANSWERS: usize = 1_000;
/// Users whose whole evaluation is compared.
const USERS: usize = 50;

#[cfg(test)]
mod tests;
