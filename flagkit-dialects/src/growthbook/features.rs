//! Whole documents, ready to be asked in GrowthBook's own words.

use std::collections::HashMap;

use flagkit_core::{Diagnostic, Document, ErrorCode, compile};

use crate::decode;
use crate::error::{DecodeError, WrongShape};
use crate::node::{self, Node, Tree};
use crate::path::Path;
use crate::report::Report;

use super::condition::Conditions;
use super::evaluate::{Evaluation, Program, Stack};
use super::experiment::{Experiment, Source};
use super::feature::{self, Audience, Feature, Outcome, Surroundings};
use super::groups::Groups;
use super::object::Object;
use super::result::{ExperimentResult, FeatureResult};
use super::url::Url;
use super::user::User;

/// The features and experiments of a document.
///
/// ```
/// use flagkit_dialects::growthbook::{Features, User};
///
/// let features = Features::from_json(r#"{
///     "features": {
///         "banner": {
///             "defaultValue": "off",
///             "rules": [{ "key": "banner-test", "variations": ["off", "on"] }]
///         }
///     }
/// }"#)?;
/// let mut user = User::from_json(r#"{ "attributes": { "id": "u-1" } }"#)?;
/// let found = features.feature("banner", &mut user).unwrap();
/// let (_, experiment) = found.experiment.unwrap();
/// assert_eq!(experiment.bucket, Some(0.819));
/// assert_eq!(found.value.as_str(), Some("on"));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Features {
    program: Program,
    experiments: Vec<AutoExperiment>,
    /// The attributes whose earlier assignments a store would load.
    identifiers: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

/// An experiment outside of features.
#[derive(Debug)]
struct AutoExperiment {
    experiment: Experiment,
    keeps_query: bool,
}

/// Where an experiment sends a user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Redirect {
    /// The experiment's result.
    pub result: ExperimentResult,
    /// The page of the variation, as it stands in the document.
    pub url: Option<String>,
    /// The same with the parameters of the page that the user is on, where the experiment keeps
    /// them.
    pub url_with_parameters: Option<String>,
}

/// A document that is read but not yet made into anything.
pub(super) struct Read<'n> {
    pub(super) features: Vec<(&'n str, Feature)>,
    pub(super) conditions: Conditions<'n>,
    around: Surroundings<'n>,
}

/// Reads the features of a document.
pub(super) fn read<'n>(
    root: &'n Node<'n>,
    audience: Audience,
    report: &mut Report,
) -> Result<Read<'n>, WrongShape> {
    let object = Object::of(root);
    let listed = match object.get("features") {
        Some(Node::Map(entries)) => *entries,
        None if object.get("experiments").is_some() => &[],
        None if object.get("encryptedFeatures").is_some() => {
            let problem = "the document is encrypted; decrypt it with its key first";
            return Err(WrongShape::new("encryptedFeatures", problem));
        }
        Some(other) if !other.is_null() => {
            let problem = format!("features must be an object, not {}", other.kind());
            return Err(WrongShape::new("features", problem));
        }
        _ => return Err(WrongShape::new("", "a document of GrowthBook has `features`")),
    };
    let mut conditions = Conditions::new(Groups::read(object.get("savedGroups")));
    let named = |key: &str| object.get(key).map(Object::of).unwrap_or_default().entries().collect();
    let (bandits, overrides) = (named("contextualBandits"), named("overrides"));
    let around = Surroundings { audience, bandits, overrides };
    let mut features = Vec::with_capacity(listed.len());
    for (key, node) in listed {
        features.push((&**key, feature::read(key, node, &around, (&mut conditions, report))));
    }
    Ok(Read { features, conditions, around })
}

impl Features {
    /// Reads a document: `features`, `savedGroups`, `contextualBandits`, `overrides` and
    /// `experiments`, as JSON or YAML.
    ///
    /// # Errors
    ///
    /// Text that is no document. A feature that is wrong by itself fails alone.
    pub fn from_json(text: &str) -> Result<Self, DecodeError> {
        let mut tree = Tree::default();
        let root = decode::read(text, &mut tree)?;
        let mut report = Report::new();
        let read = read(&root, Audience::Trackers, &mut report);
        let read = read.map_err(|wrong| decode::no_document(text, wrong))?;
        let Read { features, mut conditions, around } = read;
        let listed =
            Object::of(&root).get("experiments").and_then(Node::as_list).unwrap_or_default();
        let experiments: Vec<AutoExperiment> = listed
            .iter()
            .enumerate()
            .map(|(place, node)| auto((place, node), &around, (&mut conditions, &mut report)))
            .collect();
        conditions.finish(&mut report);
        let identifiers = identifiers(&features, &experiments);
        let segments = conditions.into_all_segments();
        let compiled = compile(Document { segments, ..Document::default() });
        let features: HashMap<String, Feature> =
            features.into_iter().map(|(key, feature)| (key.to_owned(), feature)).collect();
        let mut diagnostics = report.into_diagnostics();
        diagnostics.extend(compiled.diagnostics);
        let program = Program { snapshot: compiled.snapshot, features };
        Ok(Self { program, experiments, identifiers, diagnostics })
    }

    /// What was wrong with the document.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What a feature is for a user. New assignments of the user are added to their sticky
    /// buckets.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::ParseError`] for a feature that cannot be read, [`ErrorCode::General`] where
    /// every SDK throws.
    pub fn feature(&self, key: &str, user: &mut User) -> Result<FeatureResult<'_>, ErrorCode> {
        Evaluation::new(&self.program, user).feature(key, Stack::EMPTY)
    }

    /// What the experiment at this place of `experiments` is for a user; `None` if there is
    /// none.
    ///
    /// # Errors
    ///
    /// As [`Features::feature`].
    pub fn experiment(
        &self,
        place: usize,
        user: &mut User,
    ) -> Option<Result<ExperimentResult, ErrorCode>> {
        let auto = self.experiments.get(place)?;
        Some(Evaluation::new(&self.program, user).run_alone(&auto.experiment))
    }

    /// Where each of `experiments` sends a user.
    ///
    /// # Errors
    ///
    /// As [`Features::feature`].
    pub fn redirects(&self, user: &mut User) -> Result<Vec<Redirect>, ErrorCode> {
        let mut redirects = Vec::with_capacity(self.experiments.len());
        for auto in &self.experiments {
            let result = Evaluation::new(&self.program, user).run_alone(&auto.experiment)?;
            redirects.push(redirect(auto, result, user));
        }
        Ok(redirects)
    }

    /// Whether a user fulfils a condition by itself, as it could stand in a rule.
    ///
    /// # Errors
    ///
    /// The condition cannot be read, or it fails where it is reached.
    pub fn matches(condition: &str, groups: Option<&str>, user: &User) -> Result<bool, ErrorCode> {
        let malformed = |_| ErrorCode::ParseError;
        let mut trees = (Tree::default(), Tree::default());
        let condition = node::read(condition, &mut trees.0).map_err(malformed)?;
        let groups = groups.map(|groups| node::read(groups, &mut trees.1));
        let groups = groups.transpose().map_err(malformed)?;
        super::condition::holds(&condition, groups.as_ref(), user)
    }

    /// Forgets earlier assignments that are not this user's, as far as these features may ask.
    pub fn keep_own_sticky_buckets(&self, user: &mut User) {
        let Some(mut sticky) = user.sticky.take() else { return };
        let identifiers: Vec<&str> = self.identifiers.iter().map(String::as_str).collect();
        sticky.keep_own(user, &identifiers);
        user.sticky = Some(sticky);
    }
}

fn auto<'n>(
    (place, node): (usize, &'n Node<'n>),
    around: &Surroundings<'n>,
    (conditions, report): (&mut Conditions<'_>, &mut Report),
) -> AutoExperiment {
    let above = Path::ROOT.key("experiments");
    let path = above.index(place);
    let object = Object::of(node);
    let mut source = Source { conditions, path: &path, report };
    let key = object.text("key", &mut source.reader()).unwrap_or_default();
    let keeps_query = object.is_true("persistQueryString");
    let object = object.overridden(around.overrides.get(&*key).copied());
    AutoExperiment { experiment: Experiment::read(key, &object, &mut source), keeps_query }
}

fn identifiers(features: &[(&str, Feature)], experiments: &[AutoExperiment]) -> Vec<String> {
    let rules = features.iter().flat_map(|(_, feature)| &feature.rules);
    let trials = rules.filter_map(|rule| match &rule.outcome {
        Outcome::Experiment(trial) => Some(&trial.experiment),
        _ => None,
    });
    let all = trials.chain(experiments.iter().map(|auto| &auto.experiment));
    let mut names: Vec<String> = all
        .flat_map(|one| [Some(&one.hash_attribute), one.fallback_attribute.as_ref()])
        .flatten()
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    names
}

fn redirect(auto: &AutoExperiment, result: ExperimentResult, user: &User) -> Redirect {
    let url = match &result.value {
        flagkit_core::Value::Structure(variation) => {
            variation.get("urlRedirect").and_then(|url| url.as_str()).map(str::to_owned)
        }
        _ => None,
    };
    let merged = url.as_deref().map(|url| {
        let merged = auto.keeps_query.then(|| merged(&user.url, url)).flatten();
        merged.unwrap_or_else(|| url.to_owned())
    });
    Redirect { result, url, url_with_parameters: merged }
}

/// The page with those parameters of the other page that it has not.
fn merged(from: &str, to: &str) -> Option<String> {
    let (from, mut to) = (Url::absolute(from)?, Url::absolute(to)?);
    for (name, value) in from.parameters() {
        if !to.parameters().iter().any(|(own, _)| *own == name) {
            to.push_parameter(&name, &value);
        }
    }
    Some(to.href())
}
