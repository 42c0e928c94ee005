//! Unleash: the engine inside its SDKs, `unleash-yggdrasil`.
//!
//! Rules are strategies with a constraint, of which any may hold; each has variants of its own.
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
use flagkit_benches::scenario::shape::{
    Asked, COUNTRIES, Flag, Last, PATTERN, PLAN, PREFIX, SENIOR, SHARES, STAFF, Shape, VERSION, ids,
};
use flagkit_benches::scenario::users::User;
use serde_json::{Value, json};
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

/// How a strategy for everyone is written.
#[derive(Clone, Copy)]
enum Rollout {
    /// As Unleash's interface does.
    Flexible,
    /// As the oldest strategy that there is.
    Plain,
}

fn document(flags: &[Flag], rollout: Rollout) -> String {
    let features: Vec<Value> = flags.iter().map(|flag| feature(flag, rollout)).collect();
    json!({ "version": 2, "features": features, "segments": [] }).to_string()
}

fn feature(flag: &Flag, rollout: Rollout) -> Value {
    let everyone = || strategy(&flag.name, rollout);
    let strategies = match flag.shape {
        Shape::On => vec![everyone()],
        Shape::Half => vec![percentage(&flag.name, 50)],
        Shape::Ids => vec![with(
            everyone(),
            &[
                json!({ "contextName": "userId", "operator": "IN", "values": ids().collect::<Vec<_>>() }),
            ],
            &[],
        )],
        Shape::FiveRules(last) => five_rules(last, &everyone),
    };
    json!({
        "name": flag.name, "type": "release", "enabled": true, "project": "default",
        "stale": false, "impressionData": false, "strategies": strategies, "variants": [],
    })
}

fn five_rules(last: Last, everyone: &dyn Fn() -> Value) -> Vec<Value> {
    let only = |name: &str| [variant(name, 100)];
    let device = match last {
        Last::Pattern => json!({ "contextName": "device", "operator": "REGEX", "value": PATTERN }),
        Last::Prefix => {
            json!({ "contextName": "device", "operator": "STR_STARTS_WITH", "values": [PREFIX] })
        }
    };
    vec![
        with(
            everyone(),
            &[
                json!({ "contextName": "country", "operator": "IN", "values": COUNTRIES }),
                json!({ "contextName": "plan", "operator": "IN", "values": [PLAN] }),
            ],
            &only("a"),
        ),
        with(
            everyone(),
            &[json!({ "contextName": "email", "operator": "STR_ENDS_WITH", "values": [STAFF] })],
            &only("b"),
        ),
        with(
            everyone(),
            &[json!({ "contextName": "age", "operator": "NUM_GT", "value": SENIOR.to_string() })],
            &only("c"),
        ),
        with(
            everyone(),
            &[json!({ "contextName": "version", "operator": "SEMVER_GTE", "value": VERSION })],
            &only("d"),
        ),
        with(everyone(), &[device], &SHARES.map(|(name, percent)| variant(name, percent))),
    ]
}

fn strategy(name: &str, rollout: Rollout) -> Value {
    match rollout {
        Rollout::Flexible => percentage(name, 100),
        Rollout::Plain => json!({ "name": "default", "parameters": {}, "constraints": [] }),
    }
}

fn percentage(name: &str, percent: u32) -> Value {
    let parameters = json!({
        "groupId": name, "rollout": percent.to_string(), "stickiness": "userId",
    });
    json!({ "name": "flexibleRollout", "parameters": parameters, "constraints": [] })
}

fn with(mut strategy: Value, constraints: &[Value], variants: &[Value]) -> Value {
    if let Some(fields) = strategy.as_object_mut() {
        fields.insert("constraints".to_owned(), constraints.into());
        fields.insert("variants".to_owned(), variants.into());
    }
    strategy
}

fn variant(name: &str, percent: u32) -> Value {
    json!({ "name": name, "weight": percent * 10, "weightType": "fix", "stickiness": "userId" })
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
