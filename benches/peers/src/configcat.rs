//! ConfigCat: its client with local flags only.
//!
//! The client is asynchronous; local flags are there at once, so one question to the future is
//! enough. It takes users by value and hands them back with the details, so users that are kept
//! are neither cloned nor freed. Comparators are the ones for clear text; the dashboard's default
//! hashes with SHA-256 and costs more. There are no patterns.

use std::cell::Cell;
use std::collections::HashMap;

use configcat::{OverrideBehavior, OverrideDataSource, Setting};
use flagkit::Dialect;
use flagkit_benches::contender::Contender;
use flagkit_benches::contender::entrant::Entrant;
use flagkit_benches::contender::flagkit::{Borrowed, Words};
use flagkit_benches::race::Matchup;
use flagkit_benches::scenario::Question;
use flagkit_benches::scenario::expected::Served;
use flagkit_benches::scenario::shape::Asked;
use flagkit_benches::scenario::users::User;
use flagkit_benches::vendors::configcat::document;
use serde::Deserialize;

use crate::ready::ready;

/// Documents of this system, and who reads them.
pub(crate) fn matchups() -> Vec<Matchup> {
    let matchup = Matchup::new::<ConfigCatWords>("configcat", "configcat", document);
    vec![matchup.against(Entrant::of::<Client>())]
}

/// Attributes of the application by their names, the id as targeting key.
struct ConfigCatWords;

impl Words for ConfigCatWords {
    const DIALECT: Dialect = Dialect::ConfigCat;

    type Context<'u> = Borrowed<'u, 6>;

    #[inline]
    fn context(user: &User) -> Self::Context<'_> {
        let attributes = [
            ("Country", (&user.country).into()),
            ("plan", (&user.plan).into()),
            ("Email", (&user.email).into()),
            ("age", user.age.into()),
            ("version", (&user.version).into()),
            ("device", (&user.device).into()),
        ];
        Borrowed::new(&user.id, attributes)
    }
}

/// The settings of a config JSON.
#[derive(Deserialize)]
struct Config {
    f: HashMap<String, Setting>,
}

impl OverrideDataSource for Config {
    fn settings(&self) -> &HashMap<String, Setting> {
        &self.f
    }
}

struct Client {
    client: configcat::Client,
}

impl Contender for Client {
    const NAME: &'static str = "configcat 0.1.7, local-only client";

    /// `None` only while the client has the user.
    type Context<'u> = Cell<Option<configcat::User>>;

    type All<'c> = HashMap<String, configcat::Value>;

    fn load(document: &str) -> Result<Self, String> {
        let config: Config = serde_json::from_str(document).map_err(|error| error.to_string())?;
        let builder = configcat::Client::builder("local");
        let builder = builder.overrides(Box::new(config), OverrideBehavior::LocalOnly);
        let client = builder.build().map_err(|error| error.to_string())?;
        // The first call copies the settings to where all calls read them.
        ready(client.get_all_keys());
        Ok(Self { client })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        let user = configcat::User::new(&user.id)
            .country(&user.country)
            .email(&user.email)
            .custom("plan", user.plan.as_str())
            .custom("age", user.age)
            .custom("version", user.version.as_str())
            .custom("device", user.device.as_str());
        Cell::new(Some(user))
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        match question.asked {
            Asked::Switch => {
                let call = self.client.get_value_details(&question.flag, false, context.take());
                let found = ready(call);
                context.set(found.user);
                Served::switch(found.value)
            }
            Asked::Variant => {
                let default = String::new();
                let call = self.client.get_value_details(&question.flag, default, context.take());
                let found = ready(call);
                context.set(found.user);
                Served::variant(&found.value)
            }
        }
    }

    fn decide_once(&self, question: &Question, context: Self::Context<'_>) -> Served {
        let user = context.into_inner();
        match question.asked {
            Asked::Switch => {
                Served::switch(ready(self.client.get_value(&question.flag, false, user)))
            }
            Asked::Variant => {
                let call = self.client.get_value(&question.flag, String::new(), user);
                Served::variant(&ready(call))
            }
        }
    }

    fn all<'c>(&'c self, context: &'c Self::Context<'_>) -> Option<Self::All<'c>> {
        let user = context.take();
        context.set(user.clone());
        Some(ready(self.client.get_all_values(user)))
    }

    fn served(all: &Self::All<'_>, question: &Question) -> Option<Served> {
        let served = match all.get(&question.flag)? {
            configcat::Value::Bool(is_on) => Served::switch(*is_on),
            configcat::Value::String(name) => Served::variant(name),
            _ => Served::Off,
        };
        Some(served)
    }
}
