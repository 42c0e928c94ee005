//! Statsig: its server SDK, with exposures, logging and network off.
//!
//! The SDK hashes with SHA-256 and remembers 10,000 hashes, so 1,000 users hit its memory and
//! 20,000 do not.

use std::sync::{Arc, OnceLock};

use flagkit::Dialect;
use flagkit_benches::contender::Contender;
use flagkit_benches::contender::entrant::Entrant;
use flagkit_benches::contender::flagkit::{Borrowed, Words};
use flagkit_benches::race::Matchup;
use flagkit_benches::scenario::Question;
use flagkit_benches::scenario::expected::Served;
use flagkit_benches::scenario::shape::Asked;
use flagkit_benches::scenario::users::User;
use flagkit_benches::vendors::statsig::{PARAMETER, document};
use serde_json::Value;
use statsig_rust::evaluation::evaluation_types::AnyConfigEvaluation;
use statsig_rust::{
    ClientInitResponseOptions, DynamicValue, ExperimentEvaluationOptions,
    FeatureGateEvaluationOptions, HashAlgorithm, InitializeResponse, Statsig,
    StatsigBootstrapSpecsAdapter, StatsigOptions, StatsigUser, StatsigUserBuilder, dyn_value,
};
use tokio::runtime::Runtime;

/// Documents of this system, and who reads them.
pub(crate) fn matchups() -> Vec<Matchup> {
    let matchup = Matchup::new::<StatsigWords>("statsig", "statsig", |flags| Some(document(flags)));
    vec![matchup.against(Entrant::of::<Sdk>())]
}

/// Fields by their names, the user's id as targeting key.
struct StatsigWords;

impl Words for StatsigWords {
    const DIALECT: Dialect = Dialect::Statsig;

    const PARAMETER: Option<&'static str> = Some(PARAMETER);

    type Context<'u> = Borrowed<'u, 6>;

    #[inline]
    fn context(user: &User) -> Self::Context<'_> {
        Borrowed::of(user)
    }
}

struct Sdk {
    statsig: Statsig,
}

impl Contender for Sdk {
    const NAME: &'static str = "statsig-rust 0.24.0, exposures off";

    type Context<'u> = StatsigUser;

    type All<'c> = InitializeResponse;

    fn load(document: &str) -> Result<Self, String> {
        let adapter = StatsigBootstrapSpecsAdapter::new(document.to_owned());
        let options = StatsigOptions {
            specs_adapter: Some(Arc::new(adapter)),
            disable_all_logging: Some(true),
            disable_network: Some(true),
            disable_disk_access: Some(true),
            disable_country_lookup: Some(true),
            ..StatsigOptions::default()
        };
        let statsig = Statsig::new("secret-local", Some(Arc::new(options)));
        runtime()?.block_on(statsig.initialize()).map_err(|error| error.to_string())?;
        Ok(Self { statsig })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        let custom = |name: &str, value: DynamicValue| (name.to_owned(), value);
        let custom = [
            custom("plan", dyn_value!(&user.plan)),
            custom("age", dyn_value!(user.age)),
            custom("version", dyn_value!(&user.version)),
            custom("device", dyn_value!(&user.device)),
        ];
        StatsigUserBuilder::new_with_user_id(user.id.clone())
            .country(Some(user.country.clone()))
            .email(Some(user.email.clone()))
            .custom(Some(custom.into_iter().collect()))
            .build()
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        match question.asked {
            Asked::Switch => {
                let options = FeatureGateEvaluationOptions { disable_exposure_logging: true };
                let statsig = &self.statsig;
                Served::switch(statsig.check_gate_with_options(context, &question.flag, options))
            }
            Asked::Variant => {
                let options = ExperimentEvaluationOptions {
                    disable_exposure_logging: true,
                    ..ExperimentEvaluationOptions::default()
                };
                let statsig = &self.statsig;
                let found = statsig.get_experiment_with_options(context, &question.flag, options);
                let name = found.value.get(PARAMETER).and_then(Value::as_str);
                Served::variant(name.unwrap_or_default())
            }
        }
    }

    fn all<'c>(&'c self, context: &'c Self::Context<'_>) -> Option<Self::All<'c>> {
        let options = ClientInitResponseOptions {
            hash_algorithm: Some(HashAlgorithm::None),
            ..ClientInitResponseOptions::default()
        };
        Some(self.statsig.get_client_init_response_with_options(context, &options))
    }

    fn served(all: &Self::All<'_>, question: &Question) -> Option<Served> {
        match question.asked {
            Asked::Switch => {
                all.feature_gates.get(&question.flag).map(|gate| Served::switch(gate.value))
            }
            Asked::Variant => {
                let value = match all.dynamic_configs.get(&question.flag)? {
                    AnyConfigEvaluation::DynamicConfig(found) => &found.value,
                    AnyConfigEvaluation::Experiment(found) => &found.value,
                };
                let value = value.get_json().unwrap_or_default();
                let name = value.get(PARAMETER).and_then(Value::as_str);
                Some(Served::variant(name.unwrap_or_default()))
            }
        }
    }
}

/// Where the SDK waits for itself while it starts; nothing runs there afterwards.
fn runtime() -> Result<&'static Runtime, String> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let built = RUNTIME.get_or_init(|| {
        let built = tokio::runtime::Builder::new_current_thread().enable_time().build();
        built.map_err(|error| error.to_string())
    });
    built.as_ref().map_err(Clone::clone)
}
