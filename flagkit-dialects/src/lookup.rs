//! Attributes by their names in documents, with the names that stand in for others.

use flagkit_core::Value;
use flagkit_core::document::Lookup;

/// Where a condition finds the attribute of this name.
///
/// `user_id` and `targetingKey` stand in for each other; `environment` and `now` fall back
/// on what the evaluation knows without the context.
pub(crate) fn attribute(name: &str, environment: Option<&str>) -> Lookup {
    let own = || Lookup::Name(name.to_owned());
    match (name, environment) {
        (USER_ID, _) => Lookup::FirstOf(vec![own(), Lookup::TargetingKey, named(TARGETING_KEY)]),
        (TARGETING_KEY, _) => Lookup::FirstOf(vec![Lookup::TargetingKey, own(), named(USER_ID)]),
        (ENVIRONMENT, Some(environment)) => {
            Lookup::FirstOf(vec![own(), Lookup::Constant(Value::from(environment))])
        }
        (NOW, _) => Lookup::FirstOf(vec![own(), Lookup::Now]),
        _ if name.contains('.') => Lookup::Dotted(name.to_owned()),
        _ => own(),
    }
}

/// Who is bucketed; the look-up is made where it is used, because most flags need none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) attribute: &'a str,
    pub(crate) environment: Option<&'a str>,
    pub(crate) when_missing: WhenMissing,
}

/// What stands for a subject that the context lacks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum WhenMissing {
    /// The text `anonymous`, so that all of them are bucketed as one.
    Anonymous,
    /// Nothing: they are in no bucket.
    Nothing,
}

impl Subject<'_> {
    pub(crate) fn lookup(&self) -> Lookup {
        let attribute = attribute(self.attribute, self.environment);
        if self.when_missing == WhenMissing::Nothing {
            return attribute;
        }
        let anonymous = Lookup::Constant(Value::from(ANONYMOUS));
        let Lookup::FirstOf(mut chain) = attribute else {
            return Lookup::FirstOf(vec![attribute, anonymous]);
        };
        // A vector that doubles would hold space for two more, in every percentage.
        chain.reserve_exact(1);
        chain.push(anonymous);
        Lookup::FirstOf(chain)
    }
}

/// The user, or the text `anonymous`.
pub(crate) const USER: Subject<'static> =
    Subject { attribute: USER_ID, environment: None, when_missing: WhenMissing::Anonymous };

fn named(name: &str) -> Lookup {
    Lookup::Name(name.to_owned())
}

/// The attribute that is bucketed where a document does not say which.
pub(crate) const USER_ID: &str = "user_id";
/// OpenFeature's name of the same thing.
pub(crate) const TARGETING_KEY: &str = "targetingKey";
/// The attribute that falls back on the environment of the document or application.
pub(crate) const ENVIRONMENT: &str = "environment";
/// The attribute that falls back on the time of the evaluation.
pub(crate) const NOW: &str = "now";
const ANONYMOUS: &str = "anonymous";
