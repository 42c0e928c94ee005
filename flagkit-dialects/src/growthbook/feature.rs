//! Features and their rules.

use std::collections::HashMap;

use flagkit_core::Value;

use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::buckets::HashVersion;
use super::condition::{ConditionId, Conditions};
use super::experiment::{self, Experiment, Filter, ID, Parent, Source};
use super::object::Object;
use super::script;

/// A feature: the first rule that applies decides.
#[derive(Debug)]
pub(super) struct Feature {
    pub(super) default: Value,
    pub(super) rules: Vec<Rule>,
    /// Something in it cannot be read.
    pub(super) is_broken: bool,
}

/// One rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: Option<String>,
    pub(super) parents: Vec<Parent>,
    pub(super) filters: Vec<Filter>,
    pub(super) outcome: Outcome,
}

/// What a rule does.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A value, for whom a condition holds and a rollout has reached.
    Force { value: Value, condition: Option<ConditionId>, rollout: Rollout },
    /// An experiment, perhaps with weights by a bandit.
    Experiment(Box<Trial>),
    /// Nothing.
    Skip,
}

/// An experiment in a rule.
#[derive(Debug)]
pub(super) struct Trial {
    pub(super) experiment: Experiment,
    pub(super) bandit: Option<Bandit>,
    /// As it is told to whoever tracks experiments.
    pub(super) told: Vec<(String, Value)>,
}

/// Who is reached by a forced value.
#[derive(Debug)]
pub(super) struct Rollout {
    pub(super) attribute: String,
    pub(super) fallback: Option<String>,
    pub(super) is_sticky: bool,
    pub(super) seed: String,
    pub(super) version: Option<HashVersion>,
    pub(super) reach: Reach,
}

/// How far a rollout reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reach {
    Everybody,
    Nobody,
    /// `from ≤ bucket < to`
    Range(f64, f64),
    /// `bucket ≤ coverage`
    Coverage(f64),
}

/// Weights by context.
#[derive(Clone, Debug)]
pub(super) struct Bandit {
    pub(super) version: Option<Value>,
    pub(super) leaves: Vec<Leaf>,
}

/// The weights for one kind of user.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) id: Value,
    pub(super) condition: Option<ConditionId>,
    pub(super) weights: Vec<f64>,
}

/// Who is told of experiments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Audience {
    /// Flags of the common document tell nobody.
    Nobody,
    /// Whoever tracks experiments, in the words of the document.
    Trackers,
}

/// The parts of a document that features refer to, and for whom they are read.
pub(super) struct Surroundings<'n> {
    pub(super) audience: Audience,
    pub(super) bandits: HashMap<&'n str, &'n Node<'n>>,
    pub(super) overrides: HashMap<&'n str, &'n Node<'n>>,
}

/// Reads one feature.
pub(super) fn read<'n>(
    key: &str,
    node: &'n Node<'n>,
    around: &Surroundings<'n>,
    (conditions, report): (&mut Conditions<'_>, &mut Report),
) -> Feature {
    let above = Path::ROOT.key("features");
    let path = above.key(key);
    let errors = report.errors();
    let object = Object::of(node);
    let default = object.get("defaultValue").map_or(Value::Null, script::value);
    let mut rules = Vec::new();
    let rules_path = path.key("rules");
    let listed = object.truthy("rules").and_then(Node::as_list).unwrap_or_default();
    for (place, node) in listed.iter().enumerate() {
        let path = rules_path.index(place);
        let mut source = Source { conditions, path: &path, report };
        rules.push(rule(key, &Object::of(node), around, &mut source));
    }
    Feature { default, rules, is_broken: report.errors() > errors }
}

fn rule<'n>(
    key: &str,
    object: &Object<'n>,
    around: &Surroundings<'n>,
    source: &mut Source<'_, '_, '_, '_, '_>,
) -> Rule {
    let outcome = if let Some(value) = object.get("force") {
        let condition = source.condition("condition", object);
        let rollout = rollout(key, object, source);
        Outcome::Force { value: script::value(value), condition, rollout }
    } else if is_experiment(object) {
        Outcome::Experiment(Box::new(trial(key, object, around, source)))
    } else {
        Outcome::Skip
    };
    Rule {
        id: object.text("id", &mut source.reader()),
        parents: source.parents(object),
        filters: source.filters(object).unwrap_or_default(),
        outcome,
    }
}

fn is_experiment(object: &Object<'_>) -> bool {
    object
        .present("contextualVariations")
        .or(object.get("variations"))
        .is_some_and(script::is_truthy)
}

fn rollout(key: &str, object: &Object<'_>, source: &mut Source<'_, '_, '_, '_, '_>) -> Rollout {
    let mut reader = source.reader();
    let range = object.range("range", &mut reader);
    let coverage = experiment::coverage(object, &mut reader);
    let reach = match (range, coverage) {
        (Some((from, to)), _) => Reach::Range(from, to),
        (None, None) => Reach::Everybody,
        (None, Some(0.0)) => Reach::Nobody,
        (None, Some(coverage)) => Reach::Coverage(coverage),
    };
    Rollout {
        attribute: object.text("hashAttribute", &mut reader).unwrap_or_else(|| ID.to_owned()),
        fallback: object.text("fallbackAttribute", &mut reader),
        is_sticky: !object.is_true("disableStickyBucketing"),
        seed: object.text("seed", &mut reader).unwrap_or_else(|| key.to_owned()),
        version: experiment::hash_version(object, 1.0),
        reach,
    }
}

/// The experiment of a rule; conditions on other features are the rule's.
fn trial<'n>(
    key: &str,
    object: &Object<'n>,
    around: &Surroundings<'n>,
    source: &mut Source<'_, '_, '_, '_, '_>,
) -> Trial {
    let key = object.text("key", &mut source.reader()).unwrap_or_else(|| key.to_owned());
    let told = object.clone().only(|name, node| match name {
        "coverage"
        | "variations"
        | "contextualVariations"
        | "bucketVersion"
        | "minBucketVersion" => true,
        _ => TOLD.contains(&name) && script::is_truthy(node),
    });
    let bandit = bandit(object, around, source);
    let overrides = around.overrides.get(&*key).copied();
    let whole = told.clone().overridden(overrides);
    let mut experiment = Experiment::read(key.clone(), &whole, source);
    experiment.keeps_weights =
        overrides.is_some_and(|overrides| Object::of(overrides).is_true("weights"));
    let told = match around.audience {
        Audience::Nobody => Vec::new(),
        Audience::Trackers => definition(&key, &told),
    };
    Trial { experiment, bandit, told }
}

/// What trackers are told of an experiment, in the words of the document.
pub(super) fn definition(key: &str, object: &Object<'_>) -> Vec<(String, Value)> {
    let mut told = vec![("key".to_owned(), Value::from(key))];
    let variations = object.present("contextualVariations").or(object.get("variations"));
    told.extend(variations.map(|node| ("variations".to_owned(), script::value(node))));
    let others = object
        .entries()
        .filter(|(name, _)| !["key", "variations", "contextualVariations"].contains(name));
    told.extend(others.map(|(name, node)| (name.to_owned(), script::value(node))));
    told
}

fn bandit<'n>(
    object: &Object<'n>,
    around: &Surroundings<'n>,
    source: &mut Source<'_, '_, '_, '_, '_>,
) -> Option<Bandit> {
    let reference = object.text("contextualBanditRef", &mut source.reader())?;
    let bandit = Object::of(around.bandits.get(&*reference)?);
    let version = bandit.get("banditVersion").map(script::value);
    let mut leaves = Vec::new();
    for node in bandit.list("contexts", &mut source.reader()).unwrap_or_default() {
        let leaf = Object::of(node);
        leaves.push(Leaf {
            id: leaf.get("leafId").map_or(Value::Null, script::value),
            condition: source.condition("condition", &leaf),
            weights: leaf.numbers("weights", &mut source.reader()).unwrap_or_default(),
        });
    }
    Some(Bandit { version, leaves })
}

/// The entries of a rule that make up its experiment, if JavaScript takes them for true.
const TOLD: &[&str] = &[
    "weights",
    "hashAttribute",
    "fallbackAttribute",
    "disableStickyBucketing",
    "namespace",
    "meta",
    "ranges",
    "name",
    "phase",
    "seed",
    "hashVersion",
    "filters",
    "condition",
];
