//! Eppo: the crate that its SDKs for Rust, Python, Ruby and Elixir share, `eppo_core`.
//!
//! Patterns are compiled by both sides when they load. `get_assignment` takes the time, which is read
//! once here; `Evaluator`, the interface of the SDKs, reads it for every call, and takes the
//! configuration from its store.

use std::cell::OnceCell;
use std::sync::Arc;

use eppo_core::configuration_store::ConfigurationStore;
use eppo_core::eval::{Evaluator, EvaluatorConfig, get_assignment, get_precomputed_configuration};
use eppo_core::timestamp::{Timestamp, now};
use eppo_core::ufc::{Assignment, AssignmentValue, UniversalFlagConfig, VariationType};
use eppo_core::{AttributeValue, Attributes, Configuration, ContextAttributes, SdkMetadata, Str};
use flagkit::Dialect;
use flagkit_benches::contender::Contender;
use flagkit_benches::contender::entrant::Entrant;
use flagkit_benches::contender::flagkit::{Borrowed, Words};
use flagkit_benches::race::Matchup;
use flagkit_benches::scenario::Question;
use flagkit_benches::scenario::expected::Served;
use flagkit_benches::scenario::shape::Asked;
use flagkit_benches::scenario::users::User;
use flagkit_benches::vendors::eppo::document;
use serde_json::Value;

pub(crate) fn matchups() -> Vec<Matchup> {
    let matchup = Matchup::new::<EppoWords>("eppo", "eppo", |flags| Some(document(flags)))
        .against(Entrant::of::<Core>())
        .against(Entrant::of::<Evaluated>());
    vec![matchup]
}

/// Contexts of Eppo: a subject and its attributes.
struct EppoWords;

impl Words for EppoWords {
    const DIALECT: Dialect = Dialect::Eppo;

    type Context<'u> = Borrowed<'u, 6>;

    #[inline]
    fn context(user: &User) -> Self::Context<'_> {
        Borrowed::of(user)
    }
}

/// A subject as `eppo_core` has it.
struct Subject {
    key: Str,
    attributes: Arc<Attributes>,
}

impl Subject {
    fn of(user: &User) -> Self {
        let text = |text: &String| AttributeValue::categorical(text.as_str());
        let attributes = [
            (Str::from_static_str("country"), text(&user.country)),
            (Str::from_static_str("plan"), text(&user.plan)),
            (Str::from_static_str("email"), text(&user.email)),
            (Str::from_static_str("age"), AttributeValue::numeric(f64::from(user.age))),
            (Str::from_static_str("version"), text(&user.version)),
            (Str::from_static_str("device"), text(&user.device)),
        ];
        Self {
            key: Str::from(user.id.as_str()),
            attributes: Arc::new(attributes.into_iter().collect()),
        }
    }
}

/// The function `get_assignment` with a configuration at hand.
struct Core {
    configuration: Configuration,
    now: Timestamp,
}

/// All assignments. Their type has no public name, and what is inside shows in its JSON only.
struct Precomputed {
    json: Box<dyn Fn() -> Value>,
    seen: OnceCell<Value>,
}

impl Contender for Core {
    const NAME: &'static str = "eppo_core 10.0.0, get_assignment";

    type Context<'u> = Subject;

    type All<'c> = Precomputed;

    fn load(document: &str) -> Result<Self, String> {
        Ok(Self { configuration: configuration(document)?, now: now() })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        Subject::of(user)
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        let configuration = Some(&self.configuration);
        let Subject { key, attributes } = context;
        let kind = Some(kind(question.asked));
        served(get_assignment(configuration, &question.flag, key, attributes, kind, self.now))
    }

    fn all<'c>(&'c self, context: &'c Self::Context<'_>) -> Option<Self::All<'c>> {
        let configuration = Some(&self.configuration);
        let sorted = Arc::new(ContextAttributes::from((*context.attributes).clone()));
        let bandits = std::collections::HashMap::new();
        let key = &context.key;
        let found = get_precomputed_configuration(configuration, key, &sorted, &bandits, self.now);
        let json = move || serde_json::to_value(&found).unwrap_or_default();
        Some(Precomputed { json: Box::new(json), seen: OnceCell::new() })
    }

    fn served(all: &Self::All<'_>, question: &Question) -> Option<Served> {
        let json = all.seen.get_or_init(|| (all.json)());
        let flag = json.get("flags")?.get(&question.flag);
        let value = flag.and_then(|flag| flag.get("variationValue"));
        Some(match value {
            Some(Value::Bool(is_on)) => Served::switch(*is_on),
            Some(Value::String(name)) => Served::variant(name),
            _ => Served::Off,
        })
    }
}

/// The `Evaluator` of the SDKs.
struct Evaluated {
    evaluator: Evaluator,
}

impl Contender for Evaluated {
    const NAME: &'static str = "eppo_core 10.0.0, Evaluator";

    type Context<'u> = Subject;

    type All<'c> = ();

    fn load(document: &str) -> Result<Self, String> {
        let configuration_store = Arc::new(ConfigurationStore::new());
        configuration_store.set_configuration(Arc::new(configuration(document)?));
        let config = EvaluatorConfig { configuration_store, sdk_metadata: SDK };
        Ok(Self { evaluator: Evaluator::new(config) })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        Subject::of(user)
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        let Subject { key, attributes } = context;
        let kind = Some(kind(question.asked));
        served(self.evaluator.get_assignment(&question.flag, key, attributes, kind))
    }
}

fn configuration(document: &str) -> Result<Configuration, String> {
    let flags = UniversalFlagConfig::from_json(SDK, document.as_bytes().to_vec());
    let flags = flags.map_err(|error| error.to_string())?;
    Ok(Configuration::from_server_response(flags, None))
}

fn kind(asked: Asked) -> VariationType {
    match asked {
        Asked::Switch => VariationType::Boolean,
        Asked::Variant => VariationType::String,
    }
}

fn served<E>(found: Result<Option<Assignment>, E>) -> Served {
    match found {
        Ok(Some(Assignment { value: AssignmentValue::Boolean(is_on), .. })) => {
            Served::switch(is_on)
        }
        Ok(Some(Assignment { value: AssignmentValue::String(name), .. })) => Served::variant(&name),
        _ => Served::Off,
    }
}

const SDK: SdkMetadata = SdkMetadata { name: "rust", version: "10.0.0" };
