//! Flagsmith: its engine, which evaluates the whole environment for one identity.
//!
//! There is no call for a single flag.

use std::cell::{Cell, RefCell};

use flagkit::Dialect;
use flagkit_benches::contender::Contender;
use flagkit_benches::contender::entrant::Entrant;
use flagkit_benches::contender::flagkit::{Borrowed, Words};
use flagkit_benches::race::Matchup;
use flagkit_benches::scenario::Question;
use flagkit_benches::scenario::expected::Served;
use flagkit_benches::scenario::shape::Asked;
use flagkit_benches::scenario::users::User;
use flagkit_benches::vendors::flagsmith::{document, identity_key};
use flagsmith_flag_engine::engine::get_evaluation_result;
use flagsmith_flag_engine::engine_eval::context::IdentityContext;
use flagsmith_flag_engine::engine_eval::{EngineEvaluationContext, EvaluationResult, FlagResult};
use flagsmith_flag_engine::types::{FlagsmithValue, FlagsmithValueType};

/// Documents of this system, and who reads them.
pub(crate) fn matchups() -> Vec<Matchup> {
    let matchup =
        Matchup::new::<FlagsmithWords>("flagsmith", "flagsmith", |flags| Some(document(flags)));
    vec![matchup.against(Entrant::of::<Engine>())]
}

/// Traits by their names, the identifier as targeting key.
struct FlagsmithWords;

impl Words for FlagsmithWords {
    const DIALECT: Dialect = Dialect::Flagsmith;

    type Context<'u> = Borrowed<'u, 6>;

    #[inline]
    fn context(user: &User) -> Self::Context<'_> {
        Borrowed::of(user)
    }
}

struct Engine {
    /// The environment, and the identity that is evaluated.
    context: RefCell<EngineEvaluationContext>,
}

impl Engine {
    /// Everything about this identity, which is lent to the environment meanwhile.
    fn evaluate(&self, identity: &Cell<Option<IdentityContext>>) -> EvaluationResult {
        let mut context = self.context.borrow_mut();
        context.identity = identity.take();
        let result = get_evaluation_result(&context);
        identity.set(context.identity.take());
        result
    }
}

impl Contender for Engine {
    const NAME: &'static str = "flagsmith-flag-engine 0.7.0, whole environment";

    /// A call with 10,000 flags takes a tenth of a second; its call for all flags compares more.
    const COMPARED: usize = 20;

    /// `None` only while the engine has the identity.
    type Context<'u> = Cell<Option<IdentityContext>>;

    type All<'c> = EvaluationResult;

    fn load(document: &str) -> Result<Self, String> {
        let context = serde_json::from_str(document).map_err(|error| error.to_string())?;
        Ok(Self { context: RefCell::new(context) })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        let trait_of = |name: &str, value: &str, value_type: FlagsmithValueType| {
            (name.to_owned(), FlagsmithValue { value_type, value: value.to_owned() })
        };
        let traits = [
            trait_of("country", &user.country, FlagsmithValueType::String),
            trait_of("plan", &user.plan, FlagsmithValueType::String),
            trait_of("email", &user.email, FlagsmithValueType::String),
            trait_of("age", &user.age_text, FlagsmithValueType::Integer),
            trait_of("version", &user.version, FlagsmithValueType::String),
            trait_of("device", &user.device, FlagsmithValueType::String),
        ];
        Cell::new(Some(IdentityContext {
            identifier: user.id.clone(),
            key: identity_key(&user.id),
            traits: traits.into_iter().collect(),
        }))
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        let found = self.evaluate(context);
        found.flags.get(&question.flag).map_or(Served::Off, |flag| served(question, flag))
    }

    fn all<'c>(&'c self, context: &'c Self::Context<'_>) -> Option<Self::All<'c>> {
        Some(self.evaluate(context))
    }

    fn served(all: &Self::All<'_>, question: &Question) -> Option<Served> {
        all.flags.get(&question.flag).map(|flag| served(question, flag))
    }
}

fn served(question: &Question, flag: &FlagResult) -> Served {
    match question.asked {
        Asked::Switch => Served::switch(flag.enabled),
        Asked::Variant => Served::variant(&flag.value.value),
    }
}
