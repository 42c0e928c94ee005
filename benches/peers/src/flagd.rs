//! flagd: its parser and its engine for targeting.
//!
//! The engine takes rules as text; the provider of the same authors makes that text in each call,
//! here it is made once, when a document is loaded. Flags without targeting never get to the
//! engine. There are no patterns.

use std::collections::HashMap;

use flagd_evaluation_engine::{FeatureFlag, FlagParser, Operator};
use flagkit::Dialect;
use flagkit_benches::contender::Contender;
use flagkit_benches::contender::entrant::Entrant;
use flagkit_benches::contender::flagkit::{Borrowed, Words};
use flagkit_benches::race::Matchup;
use flagkit_benches::scenario::Question;
use flagkit_benches::scenario::expected::Served;
use flagkit_benches::scenario::shape::Asked;
use flagkit_benches::scenario::users::User;
use flagkit_benches::vendors::flagd::document;
use open_feature::EvaluationContext;
use serde_json::Value;

/// Documents of this system, and who reads them.
pub(crate) fn matchups() -> Vec<Matchup> {
    let matchup = Matchup::new::<FlagdWords>("flagd", "flagd", document);
    vec![matchup.against(Entrant::of::<Engine>())]
}

/// Attributes by their names, the id as targeting key.
struct FlagdWords;

impl Words for FlagdWords {
    const DIALECT: Dialect = Dialect::Flagd;

    type Context<'u> = Borrowed<'u, 6>;

    #[inline]
    fn context(user: &User) -> Self::Context<'_> {
        Borrowed::of(user)
    }
}

struct Engine {
    flags: HashMap<String, Prepared>,
    engine: Operator,
}

struct Prepared {
    flag: FeatureFlag,
    /// The rule as text, unless there is none.
    targeting: Option<String>,
}

impl Contender for Engine {
    const NAME: &'static str = "flagd-evaluation-engine 0.1.0, rule text made at load";

    type Context<'u> = EvaluationContext;

    type All<'c> = ();

    fn load(document: &str) -> Result<Self, String> {
        let parsed = FlagParser::parse_string(document).map_err(|error| error.to_string())?;
        let prepared = |flag: FeatureFlag| {
            let text = flag.get_targeting();
            Prepared { targeting: (text != "{}").then_some(text), flag }
        };
        let flags = parsed.flags.into_iter().map(|(key, flag)| (key, prepared(flag))).collect();
        Ok(Self { flags, engine: Operator::new() })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        EvaluationContext::default()
            .with_targeting_key(&user.id)
            .with_custom_field("country", user.country.as_str())
            .with_custom_field("plan", user.plan.as_str())
            .with_custom_field("email", user.email.as_str())
            .with_custom_field("age", i64::from(user.age))
            .with_custom_field("version", user.version.as_str())
            .with_custom_field("device", user.device.as_str())
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        let Some(Prepared { flag, targeting }) = self.flags.get(&question.flag) else {
            return Served::Off;
        };
        if flag.state != "ENABLED" {
            return Served::Off;
        }
        let targeted = targeting
            .as_deref()
            .and_then(|rule| self.engine.apply(&question.flag, rule, context).ok().flatten());
        let variant = targeted.as_deref().unwrap_or(&flag.default_variant);
        let value = flag.variants.get(variant);
        match question.asked {
            Asked::Switch => Served::switch(value.and_then(Value::as_bool) == Some(true)),
            Asked::Variant => Served::variant(value.and_then(Value::as_str).unwrap_or_default()),
        }
    }
}
