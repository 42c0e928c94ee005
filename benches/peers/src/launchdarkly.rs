//! LaunchDarkly: the evaluator of its SDK for Rust, `launchdarkly-server-sdk-evaluation`.
//!
//! There is no "version at least", so rules say "greater than 4.99.99", which is the same for all
//! users. The ids of W4 are individual targets. The evaluator takes a flag by reference; its SDK
//! clones the flag out of its store first, so both ways are measured.

use std::collections::HashMap;

use flagkit::Dialect;
use flagkit_benches::contender::Contender;
use flagkit_benches::contender::entrant::Entrant;
use flagkit_benches::contender::flagkit::{Borrowed, Words};
use flagkit_benches::race::Matchup;
use flagkit_benches::scenario::Question;
use flagkit_benches::scenario::expected::Served;
use flagkit_benches::scenario::shape::{
    Asked, COUNTRIES, Flag, Last, PATTERN, PLAN, PREFIX, SENIOR, SHARES, STAFF, Shape,
    VERSION_BELOW, ids,
};
use flagkit_benches::scenario::users::User;
use launchdarkly_server_sdk_evaluation as sdk;
use launchdarkly_server_sdk_evaluation::{ContextBuilder, FlagValue, Store};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(crate) fn matchups() -> Vec<Matchup> {
    let write = |flags: &[Flag]| Some(document(flags));
    let matchup = Matchup::new::<LaunchDarklyWords>("launchdarkly", "launchdarkly", write)
        .against(Entrant::of::<LaunchDarkly<false>>())
        .against(Entrant::of::<LaunchDarkly<true>>());
    vec![matchup]
}

fn document(flags: &[Flag]) -> String {
    let flags: Map<String, Value> =
        flags.iter().map(|flag| (flag.name.clone(), written(flag))).collect();
    json!({ "flags": flags, "segments": {} }).to_string()
}

fn written(flag: &Flag) -> Value {
    let everyone = |variation: usize| json!({ "variation": variation });
    let none: Vec<Value> = Vec::new();
    let (targets, rules, fallthrough, off, variations) = match flag.shape {
        Shape::On => (none.clone(), none, everyone(0), 1, json!([true, false])),
        Shape::Half => (
            none.clone(),
            none,
            json!({ "rollout": rollout(&[("true", 50), ("false", 50)]) }),
            1,
            json!([true, false]),
        ),
        Shape::Ids => {
            let targets = json!({ "values": ids().collect::<Vec<String>>(), "variation": 0 });
            (vec![targets], none, everyone(1), 1, json!([true, false]))
        }
        Shape::FiveRules(last) => {
            (none, five_rules(last), everyone(4), 4, json!(["a", "b", "c", "d", "off"]))
        }
    };
    json!({
        "key": flag.name, "version": 7, "on": true, "salt": format!("salt-of-{}", flag.name),
        "prerequisites": [], "targets": targets, "contextTargets": [], "rules": rules,
        "fallthrough": fallthrough, "offVariation": off, "variations": variations,
        "clientSide": false, "trackEvents": false, "trackEventsFallthrough": false,
    })
}

fn five_rules(last: Last) -> Vec<Value> {
    let device = match last {
        Last::Pattern => clause("device", "matches", &json!([PATTERN])),
        Last::Prefix => clause("device", "startsWith", &json!([PREFIX])),
    };
    let rule = |place: usize, clauses: &[Value]| json!({ "id": format!("rule-{place}"), "variation": place, "clauses": clauses, "trackEvents": false });
    vec![
        rule(
            0,
            &[clause("country", "in", &json!(COUNTRIES)), clause("plan", "in", &json!([PLAN]))],
        ),
        rule(1, &[clause("email", "endsWith", &json!([STAFF]))]),
        rule(2, &[clause("age", "greaterThan", &json!([SENIOR]))]),
        rule(3, &[clause("version", "semVerGreaterThan", &json!([VERSION_BELOW]))]),
        json!({
            "id": "rule-4", "clauses": [device], "trackEvents": false,
            "rollout": rollout(&SHARES),
        }),
    ]
}

fn clause(attribute: &str, operator: &str, values: &Value) -> Value {
    json!({
        "contextKind": "user", "attribute": attribute, "op": operator, "values": values,
        "negate": false,
    })
}

fn rollout(shares: &[(&str, u32)]) -> Value {
    let variation = |(place, (_, percent)): (usize, &(&str, u32))| json!({ "variation": place, "weight": percent * 1_000 });
    let variations: Vec<Value> = shares.iter().enumerate().map(variation).collect();
    json!({ "contextKind": "user", "bucketBy": "key", "variations": variations })
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
