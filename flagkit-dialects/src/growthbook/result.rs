//! Results in GrowthBook's own words.

use flagkit_core::{Structure, Value};

use super::script;
use super::user::Hashed;

/// What a feature is for a user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FeatureResult<'f> {
    /// Its value; null where it has none.
    pub value: Value,
    /// Why.
    pub source: Source,
    /// The id of the rule that decided.
    pub rule: Option<&'f str>,
    /// The experiment that decided, as trackers are told, and its result.
    pub experiment: Option<(Value, ExperimentResult)>,
}

/// Why a feature has its value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// No such feature.
    UnknownFeature,
    /// No rule decided.
    DefaultValue,
    /// A rule forced it.
    Force,
    /// The caller forced it.
    Override,
    /// An experiment chose it.
    Experiment,
    /// Another feature is not as it must be.
    Prerequisite,
    /// Features depend on each other in a circle.
    CyclicPrerequisite,
}

impl Source {
    /// The name that SDKs use: `defaultValue`.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownFeature => "unknownFeature",
            Self::DefaultValue => "defaultValue",
            Self::Force => "force",
            Self::Override => "override",
            Self::Experiment => "experiment",
            Self::Prerequisite => "prerequisite",
            Self::CyclicPrerequisite => "cyclicPrerequisite",
        }
    }
}

/// What an experiment is for a user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExperimentResult {
    /// The key of the variation: usually text.
    pub key: Value,
    /// The feature that ran the experiment.
    pub feature: Option<String>,
    /// Whether the user takes part.
    pub in_experiment: bool,
    /// Whether a hash decided.
    pub hash_used: bool,
    /// The place of the variation, from 0.
    pub variation: usize,
    /// Its value.
    pub value: Value,
    pub(super) hashed: Hashed,
    /// Whether an earlier assignment decided, or excluded the user.
    pub sticky_bucket_used: bool,
    /// The bucket, from 0 to 1.
    pub bucket: Option<f64>,
    /// The name of the variation.
    pub name: Option<Value>,
    /// Set where the result is told to trackers but the next rule decides.
    pub passthrough: Option<Value>,
    pub(super) bandit: Option<BanditResult>,
}

/// What a bandit has to do with it.
#[derive(Clone, Debug)]
pub(super) struct BanditResult {
    pub(super) leaf: Value,
    pub(super) weights: Vec<f64>,
    pub(super) version: Option<Value>,
}

impl FeatureResult<'_> {
    /// A result without rule.
    pub(super) fn plain(value: Value, source: Source) -> Self {
        Self { value, source, rule: None, experiment: None }
    }

    /// Whether the feature counts as on.
    pub fn is_on(&self) -> bool {
        script::is_true(&self.value)
    }

    /// The result as an object of the SDKs: `value`, `on`, `off`, `source`, `ruleId`,
    /// `experiment`, `experimentResult`.
    pub fn to_value(&self) -> Value {
        let is_on = self.is_on();
        let mut entries = vec![
            ("value", self.value.clone()),
            ("on", is_on.into()),
            ("off", (!is_on).into()),
            ("source", self.source.name().into()),
            ("ruleId", self.rule.unwrap_or_default().into()),
        ];
        if let Some((experiment, result)) = &self.experiment {
            entries.push(("experiment", experiment.clone()));
            entries.push(("experimentResult", result.to_value()));
        }
        Value::from(entries.into_iter().collect::<Structure>())
    }
}

impl ExperimentResult {
    /// The attribute that is hashed.
    pub fn hash_attribute(&self) -> &str {
        &self.hashed.attribute
    }

    /// The value that is hashed; empty text where the user has none.
    pub fn hash_value(&self) -> Value {
        self.hashed.value.clone().unwrap_or_else(|| Value::from(""))
    }

    /// The result as an object of the SDKs: `key`, `featureId`, `inExperiment`, ….
    pub fn to_value(&self) -> Value {
        let feature = self.feature.as_deref().map_or(Value::Null, Value::from);
        let bandit = self.bandit.as_ref();
        let entries = [
            ("key", Some(self.key.clone())),
            ("featureId", Some(feature)),
            ("inExperiment", Some(self.in_experiment.into())),
            ("hashUsed", Some(self.hash_used.into())),
            ("variationId", Some(script::number(self.variation))),
            ("value", Some(self.value.clone())),
            ("hashAttribute", Some(self.hash_attribute().into())),
            ("hashValue", Some(self.hash_value())),
            ("stickyBucketUsed", Some(self.sticky_bucket_used.into())),
            ("name", self.name.clone()),
            ("bucket", self.bucket.map(Value::from)),
            ("passthrough", self.passthrough.clone()),
            ("leafId", bandit.map(|bandit| bandit.leaf.clone())),
            ("variationWeights", bandit.map(|bandit| weights_value(&bandit.weights))),
            ("banditVersion", bandit.and_then(|bandit| bandit.version.clone())),
        ];
        let there = entries.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Value::from(there.collect::<Structure>())
    }
}

/// Weights as a list.
pub(super) fn weights_value(weights: &[f64]) -> Value {
    weights.iter().map(|weight| Value::from(*weight)).collect::<Vec<_>>().into()
}
