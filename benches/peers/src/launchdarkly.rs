//! LaunchDarkly: the evaluator of its SDK for Rust, `launchdarkly-server-sdk-evaluation`.
//!
//! The evaluator takes a flag by reference; its SDK
//! clones the flag out of its store first, so both ways are measured.

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
use flagkit_benches::vendors::launchdarkly::document;
use launchdarkly_server_sdk_evaluation as sdk;
use launchdarkly_server_sdk_evaluation::{ContextBuilder, FlagValue, Store};
use serde::Deserialize;

pub(crate) fn matchups() -> Vec<Matchup> {
    let matchup = Matchup::new::<LaunchDarklyWords>("launchdarkly", "launchdarkly", |flags| {
        Some(document(flags))
    })
    .against(Entrant::of::<LaunchDarkly<false>>())
    .against(Entrant::of::<LaunchDarkly<true>>());
    vec![matchup]
}

/// Contexts of LaunchDarkly: a user.
struct LaunchDarklyWords;

impl Words for LaunchDarklyWords {
    const DIALECT: Dialect = Dialect::LaunchDarkly;

    type Context<'u> = Borrowed<'u, 6>;

    #[inline]
    fn context(user: &User) -> Self::Context<'_> {
        Borrowed::of(user)
    }
}

/// The evaluator above a map of flags, from which they are cloned or not.
#[derive(Deserialize)]
struct LaunchDarkly<const CLONED: bool> {
    flags: HashMap<String, sdk::Flag>,
    segments: HashMap<String, sdk::Segment>,
}

impl<const CLONED: bool> Store for LaunchDarkly<CLONED> {
    fn flag(&self, key: &str) -> Option<sdk::Flag> {
        self.flags.get(key).cloned()
    }

    fn segment(&self, key: &str) -> Option<sdk::Segment> {
        self.segments.get(key).cloned()
    }
}

impl<const CLONED: bool> LaunchDarkly<CLONED> {
    fn evaluate(&self, flag: &sdk::Flag, asked: Asked, context: &sdk::Context) -> Served {
        match (asked, sdk::evaluate(self, flag, context, None).value) {
            (Asked::Switch, Some(FlagValue::Bool(is_on))) => Served::switch(*is_on),
            (Asked::Variant, Some(FlagValue::Str(name))) => Served::variant(name),
            _ => Served::Off,
        }
    }
}

impl<const CLONED: bool> Contender for LaunchDarkly<CLONED> {
    const NAME: &'static str = if CLONED {
        "launchdarkly-server-sdk-evaluation 2.2.1, flag cloned as in its SDK"
    } else {
        "launchdarkly-server-sdk-evaluation 2.2.1"
    };

    type Context<'u> = sdk::Context;

    type All<'c> = ();

    fn load(document: &str) -> Result<Self, String> {
        serde_json::from_str(document).map_err(|error| error.to_string())
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        let build = |user: &User| {
            ContextBuilder::new(&user.id)
                .set_string("country", &user.country)
                .set_string("plan", &user.plan)
                .set_string("email", &user.email)
                .set_float("age", f64::from(user.age))
                .set_string("version", &user.version)
                .set_string("device", &user.device)
                .build()
        };
        // An id that is not empty makes a context.
        build(user).unwrap_or_else(|_| unreachable!("`{}` is an id", user.id))
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        if CLONED {
            let flag = self.flag(&question.flag);
            flag.map_or(Served::Off, |flag| self.evaluate(&flag, question.asked, context))
        } else {
            let flag = self.flags.get(&question.flag);
            flag.map_or(Served::Off, |flag| self.evaluate(flag, question.asked, context))
        }
    }
}
