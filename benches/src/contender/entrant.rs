//! Contenders of any type in one list.

use std::hint::black_box;

use super::Contender;
use crate::measure::Subject;
use crate::scenario::expected::Served;
use crate::scenario::users::User;
use crate::scenario::{Case, Question, Work};

/// A contender that has not loaded anything yet.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Entrant {
    /// Its name.
    pub name: &'static str,
    load: fn(&str) -> Result<Box<dyn Loaded>, String>,
}

impl std::fmt::Debug for Entrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Entrant").field(&self.name).finish()
    }
}

impl Entrant {
    /// This contender.
    pub fn of<C: Contender + 'static>() -> Self {
        Self { name: C::NAME, load: |document| Ok(Box::new(C::load(document)?)) }
    }

    /// Loads a document.
    ///
    /// # Errors
    ///
    /// As [`Contender::load`].
    pub fn load(&self, document: &str) -> Result<Box<dyn Loaded>, String> {
        (self.load)(document)
    }
}

/// Whether a context is made beforehand or for each question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Contexts {
    /// One for each user, kept.
    Prepared,
    /// An id and six attributes for each call.
    Built,
}

/// A contender with a document.
pub trait Loaded {
    /// The answers to the first questions of the case, so many at the most.
    fn answers(&self, case: &Case, most: usize) -> Vec<Served>;

    /// The answers to the probes.
    fn probed(&self, case: &Case) -> Vec<Served>;

    /// The answers for all flags and some users, in one call each; none without such a call.
    fn all_answers(&self, case: &Case, users: usize) -> Option<Vec<Vec<Served>>>;

    /// What is to be timed, if the contender can do it.
    fn subject<'a>(
        &'a self,
        name: &'a str,
        case: &'a Case,
        contexts: Contexts,
    ) -> Option<Subject<'a>>;
}

impl<C: Contender> Loaded for C {
    fn answers(&self, case: &Case, most: usize) -> Vec<Served> {
        let compared = if case.questions.len() > 1 { C::COMPARED } else { usize::MAX };
        let asked = case.asked().take(compared.min(most));
        asked.map(|(question, user)| self.decide_once(question, self.context(user))).collect()
    }

    fn probed(&self, case: &Case) -> Vec<Served> {
        let asked =
            case.probes.iter().filter_map(|(user, _)| Some((case.questions.first()?, user)));
        asked.map(|(question, user)| self.decide(question, &self.context(user))).collect()
    }

    fn all_answers(&self, case: &Case, users: usize) -> Option<Vec<Vec<Served>>> {
        let of_user = |user: &User| {
            let context = self.context(user);
            let all = self.all(&context)?;
            case.questions.iter().map(|question| C::served(&all, question)).collect()
        };
        case.users.iter().take(users).map(of_user).collect()
    }

    fn subject<'a>(
        &'a self,
        name: &'a str,
        case: &'a Case,
        contexts: Contexts,
    ) -> Option<Subject<'a>> {
        match (case.scenario.work, contexts) {
            (Work::Load, _) => None,
            (Work::Single, Contexts::Prepared) => Some(prepared(self, name, case)),
            (Work::Single, Contexts::Built) => Some(built(self, name, case)),
            (Work::Loop, _) => Some(one_by_one(self, name, case, contexts)),
            (Work::All, _) => all(self, name, case, contexts),
        }
    }
}

fn prepared<'a, C: Contender>(contender: &'a C, name: &'a str, case: &'a Case) -> Subject<'a> {
    let kept: Vec<C::Context<'a>> = case.users.iter().map(|user| contender.context(user)).collect();
    let mut asked = case.order.iter().cycle();
    Subject::new(name, move |n| {
        for (question, user) in asked.by_ref().take(times(n)) {
            if let (Some(question), Some(context)) =
                (case.questions.get(*question), kept.get(*user))
            {
                black_box(contender.decide(black_box(question), black_box(context)));
            }
        }
    })
}

fn built<'a, C: Contender>(contender: &'a C, name: &'a str, case: &'a Case) -> Subject<'a> {
    let mut asked = case.order.iter().cycle();
    Subject::new(name, move |n| {
        for (question, user) in asked.by_ref().take(times(n)) {
            if let (Some(question), Some(user)) =
                (case.questions.get(*question), case.users.get(*user))
            {
                let context = contender.context(black_box(user));
                black_box(contender.decide_once(black_box(question), context));
            }
        }
    })
}

fn one_by_one<'a, C: Contender>(
    contender: &'a C,
    name: &'a str,
    case: &'a Case,
    contexts: Contexts,
) -> Subject<'a> {
    let decide = |question: &Question, context: &C::Context<'_>| {
        black_box(contender.decide(black_box(question), context));
    };
    for_each_user(contender, name, case, contexts, move |context| {
        case.questions.iter().for_each(|question| decide(question, context));
    })
}

fn all<'a, C: Contender>(
    contender: &'a C,
    name: &'a str,
    case: &'a Case,
    contexts: Contexts,
) -> Option<Subject<'a>> {
    contender.all(&contender.context(case.users.first()?))?;
    Some(for_each_user(contender, name, case, contexts, |context| {
        black_box(contender.all(context));
    }))
}

/// One call for each user in turn, with a context that is kept or made for it.
fn for_each_user<'a, C: Contender>(
    contender: &'a C,
    name: &'a str,
    case: &'a Case,
    contexts: Contexts,
    call: impl Fn(&C::Context<'_>) + 'a,
) -> Subject<'a> {
    let kept: Vec<C::Context<'a>> = match contexts {
        Contexts::Prepared => case.users.iter().map(|user| contender.context(user)).collect(),
        Contexts::Built => Vec::new(),
    };
    let mut users = (0..case.users.len()).cycle();
    Subject::new(name, move |n| {
        for place in users.by_ref().take(times(n)) {
            match (kept.get(place), case.users.get(place)) {
                (Some(context), _) => call(black_box(context)),
                (None, Some(user)) => call(&contender.context(black_box(user))),
                (None, None) => {}
            }
        }
    })
}

fn times(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
