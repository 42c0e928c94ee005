//! GrowthBook: its core, which borrows features, and its client, which clones them in each call.

use flagkit::Dialect;
use flagkit_benches::contender::Contender;
use flagkit_benches::contender::entrant::Entrant;
use flagkit_benches::contender::flagkit::{Borrowed, Words};
use flagkit_benches::race::Matchup;
use flagkit_benches::scenario::Question;
use flagkit_benches::scenario::expected::Served;
use flagkit_benches::scenario::shape::Asked;
use flagkit_benches::scenario::users::User;
use flagkit_benches::vendors::growthbook::document;
use growthbook_rust::client::{GrowthBookClient, GrowthBookClientBuilder, GrowthBookClientTrait};
use growthbook_rust::dto::{GrowthBookFeature, GrowthBookResponse};
use growthbook_rust::growthbook::GrowthBook;
use growthbook_rust::model_public::{
    FeatureResult, GrowthBookAttribute, GrowthBookAttributeValue as Value, SavedGroup,
};
use serde_json::Value as Json;
use std::collections::HashMap;

use crate::ready::ready;

/// Documents of this system, and who reads them.
pub(crate) fn matchups() -> Vec<Matchup> {
    let matchup =
        Matchup::new::<GrowthBookWords>("growthbook", "growthbook", |flags| Some(document(flags)));
    vec![matchup.against(Entrant::of::<Core>()).against(Entrant::of::<Client>())]
}

/// Users have their id among the attributes.
struct GrowthBookWords;

impl Words for GrowthBookWords {
    const DIALECT: Dialect = Dialect::GrowthBook;

    type Context<'u> = Borrowed<'u, 7>;

    #[inline]
    fn context(user: &User) -> Self::Context<'_> {
        let attributes = [
            ("id", (&user.id).into()),
            ("country", (&user.country).into()),
            ("plan", (&user.plan).into()),
            ("email", (&user.email).into()),
            ("age", user.age.into()),
            ("version", (&user.version).into()),
            ("device", (&user.device).into()),
        ];
        Borrowed::new(&user.id, attributes)
    }
}

/// What the core and the client take; the client by value.
type Attributes = Option<Vec<GrowthBookAttribute>>;

fn attributes(user: &User) -> Vec<GrowthBookAttribute> {
    let text = |key: &str, text: &str| {
        GrowthBookAttribute::new(key.to_owned(), Value::String(text.to_owned()))
    };
    vec![
        text("id", &user.id),
        text("country", &user.country),
        text("plan", &user.plan),
        text("email", &user.email),
        GrowthBookAttribute::new("age".to_owned(), Value::Int(i64::from(user.age))),
        text("version", &user.version),
        text("device", &user.device),
    ]
}

fn served(question: &Question, found: &FeatureResult) -> Served {
    match question.asked {
        Asked::Switch => Served::switch(found.on),
        Asked::Variant => Served::variant(found.value.as_str().unwrap_or_default()),
    }
}

/// Features and saved groups of a response of GrowthBook's API.
type Content = (HashMap<String, GrowthBookFeature>, HashMap<String, SavedGroup>);

fn content(document: &str) -> Result<Content, String> {
    let response: GrowthBookResponse =
        serde_json::from_str(document).map_err(|error| error.to_string())?;
    let groups = response.saved_groups.as_ref().and_then(Json::as_object);
    let groups = groups.into_iter().flatten().map(|(id, group)| (id.clone(), group.into()));
    Ok((response.features.unwrap_or_default(), groups.collect()))
}

struct Core {
    engine: GrowthBook,
}

impl Contender for Core {
    const NAME: &'static str = "growthbook-rust 0.4.0, core check";

    type Context<'u> = Attributes;

    type All<'c> = ();

    fn load(document: &str) -> Result<Self, String> {
        let (features, saved_groups) = content(document)?;
        let engine = GrowthBook {
            forced_variations: None,
            features,
            attributes: None,
            sticky_bucket_service: None,
            saved_groups,
        };
        Ok(Self { engine })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        Some(attributes(user))
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        served(question, &self.engine.check(&question.flag, context))
    }
}

struct Client {
    client: GrowthBookClient,
}

impl Contender for Client {
    const NAME: &'static str = "growthbook-rust 0.4.0, client";

    /// A call with 10,000 flags takes a tenth of a second; it asks the core, which is compared fully.
    const COMPARED: usize = 20;

    type Context<'u> = Attributes;

    type All<'c> = ();

    fn load(document: &str) -> Result<Self, String> {
        let response: GrowthBookResponse =
            serde_json::from_str(document).map_err(|error| error.to_string())?;
        let builder = GrowthBookClientBuilder::new()
            .features(response.features.unwrap_or_default())
            .saved_groups(response.saved_groups.unwrap_or_default());
        let client = ready(builder.build()).map_err(|error| error.to_string())?;
        Ok(Self { client })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        Some(attributes(user))
    }

    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        self.decide_once(question, context.clone())
    }

    fn decide_once(&self, question: &Question, context: Self::Context<'_>) -> Served {
        served(question, &self.client.feature_result(&question.flag, context))
    }
}
