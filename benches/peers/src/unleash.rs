//! Unleash: the engine inside its SDKs, `unleash-yggdrasil`.
//!
//! Unleash's interface writes `flexibleRollout` with 100 % for a strategy without percentage,
//! which costs its engine a hash; the same documents with the strategy `default` are measured
//! as well.

use std::borrow::Cow;
use std::collections::HashMap;

use flagkit::Dialect;
use flagkit_benches::contender::Contender;
use flagkit_benches::contender::entrant::Entrant;
use flagkit_benches::contender::flagkit::{Borrowed, Words};
use flagkit_benches::race::Matchup;
use flagkit_benches::scenario::Question;
use flagkit_benches::scenario::expected::Served;
use flagkit_benches::scenario::shape::Asked;
use flagkit_benches::scenario::users::User;
use flagkit_benches::vendors::unleash::{Rollout, document};
use unleash_yggdrasil::state::{EnrichedContext, PropertiesCow, PropertiesRef};
use unleash_yggdrasil::{Context, EngineState, ResolvedToggle, UpdateMessage};

pub(crate) fn matchups() -> Vec<Matchup> {
    let of = |style, write| {
        Matchup::new::<UnleashWords>("unleash", style, write)
            .against(Entrant::of::<Yggdrasil>())
            .against(Entrant::of::<BorrowingYggdrasil>())
    };
    vec![
        of("unleash", |flags| Some(document(flags, Rollout::Flexible))),
        of("unleash, plain strategies", |flags| Some(document(flags, Rollout::Plain))),
    ]
}

/// Contexts of Unleash: text, whatever it is.
struct UnleashWords;

impl Words for UnleashWords {
    const DIALECT: Dialect = Dialect::Unleash;

    type Context<'u> = Borrowed<'u, 7>;

    #[inline]
    fn context(user: &User) -> Self::Context<'_> {
        let attributes = [
            ("userId", (&user.id).into()),
            ("country", (&user.country).into()),
            ("plan", (&user.plan).into()),
            ("email", (&user.email).into()),
            ("age", (&user.age_text).into()),
            ("version", (&user.version).into()),
            ("device", (&user.device).into()),
        ];
        Borrowed::new(&user.id, attributes)
    }
}

/// The engine with the context that its SDK for Rust has.
struct Yggdrasil {
    engine: EngineState,
}

impl Contender for Yggdrasil {
    const NAME: &'static str = "unleash-yggdrasil 0.21.7";

    type Context<'u> = Context;

    type All<'c> = HashMap<String, ResolvedToggle>;

    fn load(document: &str) -> Result<Self, String> {
        let state = serde_json::from_str(document).map_err(|error| error.to_string())?;
        let engine = EngineState::default();
        match engine.take_state(UpdateMessage::FullResponse(state)) {
            None => Ok(Self { engine }),
            Some(warnings) => Err(format!("{warnings:?}")),
        }
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        let properties = properties(user).map(|(name, value)| (name.to_owned(), value.to_owned()));
        Context {
            user_id: Some(user.id.clone()),
            properties: Some(properties.into_iter().collect()),
            ..Context::default()
        }
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        match question.asked {
            Asked::Switch => Served::switch(self.engine.is_enabled(&question.flag, context, &None)),
            Asked::Variant => {
                Served::variant(&self.engine.get_variant(&question.flag, context, &None).name)
            }
        }
    }

    fn all<'c>(&'c self, context: &'c Self::Context<'_>) -> Option<Self::All<'c>> {
        self.engine.resolve_all(context, &None)
    }

    fn served(all: &Self::All<'_>, question: &Question) -> Option<Served> {
        all.get(&question.flag).map(|found| match question.asked {
            Asked::Switch => Served::switch(found.enabled),
            Asked::Variant => Served::variant(&found.variant.name),
        })
    }
}

/// The engine with contexts that borrow, which it takes as well.
struct BorrowingYggdrasil {
    inner: Yggdrasil,
}

/// What such a context borrows from.
struct Lent<'u> {
    id: &'u str,
    properties: PropertiesCow<'u>,
}

impl Contender for BorrowingYggdrasil {
    const NAME: &'static str = "unleash-yggdrasil 0.21.7, borrowed context";

    type Context<'u> = Lent<'u>;

    type All<'c> = ();

    fn load(document: &str) -> Result<Self, String> {
        Ok(Self { inner: Yggdrasil::load(document)? })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        let properties =
            properties(user).map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)));
        Lent { id: &user.id, properties: properties.into_iter().collect() }
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        let context = EnrichedContext {
            user_id: Some(context.id),
            session_id: None,
            environment: None,
            app_name: None,
            current_time: None,
            remote_address: None,
            properties: Some(PropertiesRef::Cows(&context.properties)),
            external_results: None,
            toggle_name: &question.flag,
            runtime_hostname: None,
        };
        match question.asked {
            Asked::Switch => {
                Served::switch(self.inner.engine.check_enabled(&context).unwrap_or_default())
            }
            Asked::Variant => {
                let found = self.inner.engine.check_variant(&context);
                found.map_or(Served::Off, |variant| Served::variant(&variant.name))
            }
        }
    }
}

fn properties(user: &User) -> [(&str, &str); 6] {
    [
        ("country", &user.country),
        ("plan", &user.plan),
        ("email", &user.email),
        ("age", &user.age_text),
        ("version", &user.version),
        ("device", &user.device),
    ]
}
