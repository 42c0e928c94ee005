//! Evaluators that take part, ours and others.

use crate::scenario::Question;
use crate::scenario::expected::Served;
use crate::scenario::users::User;

pub mod entrant;
pub mod flagkit;
pub mod native;

/// An evaluator with one document loaded, used as well as its interface allows.
pub trait Contender: Sized {
    /// Which evaluator, and which way of using it: `eppo_core, get_assignment`.
    const NAME: &'static str;

    /// How many answers are compared at the most before anything is timed, where there is more than
    /// one flag; for those who need milliseconds for one.
    const COMPARED: usize = usize::MAX;

    /// What the evaluator wants to know of a user, made once for many questions or for each.
    type Context<'u>
    where
        Self: 'u;

    /// What it returns for all flags at once; `()` where there is no such call.
    type All<'c>
    where
        Self: 'c;

    /// Reads the text of a document, until questions can be answered.
    ///
    /// # Errors
    ///
    /// Why the document cannot be used.
    fn load(document: &str) -> Result<Self, String>;

    /// The context of a user.
    fn context<'u>(&self, user: &'u User) -> Self::Context<'u>;

    /// Answers one question.
    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served;

    /// The same for a context that nobody needs afterwards; for those who take it by value.
    #[inline]
    fn decide_once(&self, question: &Question, context: Self::Context<'_>) -> Served {
        self.decide(question, &context)
    }

    /// All flags in one call, if the evaluator has one.
    #[inline]
    fn all<'c>(&'c self, _context: &'c Self::Context<'_>) -> Option<Self::All<'c>> {
        None
    }

    /// What is in the result of [`Contender::all`]; it is not timed.
    fn served(_all: &Self::All<'_>, _question: &Question) -> Option<Served> {
        None
    }
}
