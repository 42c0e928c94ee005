//! Experiments as they stand in rules and in documents.

use flagkit_core::Value;

use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::buckets::{HashVersion, Namespace};
use super::condition::{ConditionId, Conditions, Reading, Root};
use super::object::{Object, Reader};
use super::script;
use super::url::{self, UrlTarget};

/// An experiment; everything in it is read once.
#[derive(Debug)]
pub(super) struct Experiment {
    pub(super) key: String,
    pub(super) variations: Vec<Value>,
    pub(super) meta: Option<Vec<Meta>>,
    pub(super) hash_attribute: String,
    pub(super) fallback_attribute: Option<String>,
    pub(super) hash_version: Option<HashVersion>,
    pub(super) seed: Option<String>,
    pub(super) coverage: f64,
    pub(super) weights: Option<Vec<f64>>,
    /// The caller has chosen the weights, whatever a bandit says.
    pub(super) keeps_weights: bool,
    pub(super) ranges: Option<Vec<(f64, f64)>>,
    pub(super) filters: Option<Vec<Filter>>,
    pub(super) namespace: Option<Namespace>,
    pub(super) condition: Option<ConditionId>,
    pub(super) parents: Vec<Parent>,
    pub(super) groups: Option<Vec<String>>,
    pub(super) url: Option<ConditionId>,
    pub(super) url_patterns: Option<Vec<UrlTarget>>,
    /// The variation that `force` names, if it is there; not-a-number is none.
    pub(super) force: Option<f64>,
    pub(super) status: Status,
    pub(super) sticky: Sticky,
}

/// What a variation is called.
#[derive(Clone, Debug, Default)]
pub(super) struct Meta {
    pub(super) key: Option<Value>,
    pub(super) name: Option<Value>,
    pub(super) passthrough: Option<Value>,
}

/// A part of users by a hash of its own.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) attribute: String,
    pub(super) seed: String,
    pub(super) version: Option<HashVersion>,
    pub(super) ranges: Vec<(f64, f64)>,
}

/// Another feature, whose value must satisfy a condition.
#[derive(Clone, Debug)]
pub(super) struct Parent {
    pub(super) id: String,
    /// What the value, as [`Origin::Element`](flagkit_core::document::Origin), must satisfy.
    pub(super) condition: Option<ConditionId>,
    /// The same about a context that holds the value in a list of its own.
    pub(super) judged: Option<ConditionId>,
    /// Without it the whole feature has no value.
    pub(super) gate: bool,
}

/// Whether an experiment runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Status {
    /// It has not begun, or is not active.
    Inactive,
    /// Everybody gets the first variation.
    Stopped,
    Running,
}

/// How earlier assignments count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sticky {
    pub(super) is_disabled: bool,
    pub(super) version: f64,
    pub(super) min_version: f64,
}

/// Reads what rules and experiments have in common.
pub(super) struct Source<'c, 'n, 'a, 'p, 'r> {
    pub(super) conditions: &'c mut Conditions<'n>,
    pub(super) path: &'a Path<'p>,
    pub(super) report: &'r mut Report,
}

impl Experiment {
    /// Reads an experiment, or what a rule says of one.
    pub(super) fn read(
        key: String,
        object: &Object<'_>,
        source: &mut Source<'_, '_, '_, '_, '_>,
    ) -> Self {
        let condition = source.condition("condition", object);
        let parents = source.parents(object);
        let filters = source.filters(object);
        let url_patterns = source.url_patterns(object);
        let url = source.url(object);
        let mut reader = source.reader();
        Self {
            key,
            variations: variations(object, &mut reader),
            meta: object.list("meta", &mut reader).map(|metas| metas.iter().map(meta).collect()),
            hash_attribute: object
                .text("hashAttribute", &mut reader)
                .unwrap_or_else(|| ID.to_owned()),
            fallback_attribute: object.text("fallbackAttribute", &mut reader),
            hash_version: hash_version(object, 1.0),
            seed: object.text("seed", &mut reader),
            coverage: coverage(object, &mut reader).unwrap_or(1.0),
            weights: object.numbers("weights", &mut reader),
            keeps_weights: false,
            ranges: object.ranges("ranges", &mut reader),
            filters,
            namespace: namespace(object, &mut reader),
            condition,
            parents,
            groups: groups(object),
            url,
            url_patterns,
            force: object.get("force").map(|node| node.as_float().unwrap_or(f64::NAN)),
            status: status(object),
            sticky: sticky(object, &mut reader),
        }
    }

    /// The text that is hashed beside the user.
    pub(super) fn seed(&self) -> &str {
        self.seed.as_deref().unwrap_or(&self.key)
    }

    /// The name of a variation; `None` where `meta` is too short for it.
    pub(super) fn meta(&self, variation: usize) -> Option<Meta> {
        match &self.meta {
            None => Some(Meta::default()),
            Some(metas) => metas.get(variation).cloned(),
        }
    }
}

impl<'p> Source<'_, '_, '_, 'p, '_> {
    pub(super) fn reader(&mut self) -> Reader<'_, 'p, '_> {
        Reader { path: self.path, report: self.report }
    }

    /// A condition that JavaScript takes for true; others are not looked at.
    pub(super) fn condition(&mut self, key: &str, object: &Object<'_>) -> Option<ConditionId> {
        object.truthy(key).map(|node| self.kept(key, node, &Root::User))
    }

    fn kept(&mut self, key: &str, node: &Node<'_>, root: &Root) -> ConditionId {
        let mut reading = Reading { path: self.path.key(key), report: self.report };
        let condition = self.conditions.condition(node, root, &mut reading);
        self.conditions.keep(condition)
    }

    pub(super) fn parents(&mut self, object: &Object<'_>) -> Vec<Parent> {
        let mut parents = Vec::new();
        let listed = object.list("parentConditions", &mut self.reader()).unwrap_or_default();
        for node in listed {
            let parent = Object::of(node);
            let Some(id) = parent.text("id", &mut self.reader()) else {
                self.reader().error("parentConditions", "a parent condition needs an `id`");
                continue;
            };
            let condition = parent.truthy("condition");
            let condition =
                condition.map(|node| self.kept("parentConditions", node, &Root::FeatureValue));
            let judged = condition.map(|id| self.conditions.keep_judged(id));
            parents.push(Parent { id, condition, judged, gate: parent.is_true("gate") });
        }
        parents
    }

    pub(super) fn filters(&mut self, object: &Object<'_>) -> Option<Vec<Filter>> {
        let listed = object.list("filters", &mut self.reader())?;
        let mut filters = Vec::with_capacity(listed.len());
        for node in listed {
            let filter = Object::of(node);
            let mut reader = self.reader();
            filters.push(Filter {
                attribute: filter.text("attribute", &mut reader).unwrap_or_else(|| ID.to_owned()),
                // A seed that is missing is concatenated as JavaScript names it.
                seed: filter.get("seed").map_or_else(
                    || "undefined".to_owned(),
                    |seed| script::text(&script::value(seed)),
                ),
                version: hash_version(&filter, 2.0),
                ranges: filter.ranges("ranges", &mut reader).unwrap_or_default(),
            });
        }
        Some(filters)
    }

    fn url_patterns(&mut self, object: &Object<'_>) -> Option<Vec<UrlTarget>> {
        let listed = object.list("urlPatterns", &mut self.reader())?;
        let mut targets = Vec::with_capacity(listed.len());
        for node in listed {
            match UrlTarget::read(&Object::of(node), self.conditions) {
                Ok(target) => targets.push(target),
                Err(problem) => self.reader().error("urlPatterns", problem),
            }
        }
        Some(targets)
    }

    /// The older way of targeting pages: one regular expression.
    fn url(&mut self, object: &Object<'_>) -> Option<ConditionId> {
        let pattern = object.text("url", &mut self.reader())?;
        match url::page_matches(&pattern) {
            Ok(condition) => condition.map(|condition| self.conditions.keep(condition)),
            Err(problem) => {
                self.reader().error("url", problem);
                None
            }
        }
    }
}

fn variations(object: &Object<'_>, reader: &mut Reader<'_, '_, '_>) -> Vec<Value> {
    let key = if object.present("contextualVariations").is_some() {
        "contextualVariations"
    } else {
        "variations"
    };
    let listed = object.list(key, reader).unwrap_or_default();
    listed.iter().map(script::value).collect()
}

fn meta(node: &Node<'_>) -> Meta {
    let object = Object::of(node);
    let truthy = |key: &str| object.truthy(key).map(script::value);
    Meta { key: truthy("key"), name: truthy("name"), passthrough: truthy("passthrough") }
}

/// `object.hashVersion || default`
pub(super) fn hash_version(object: &Object<'_>, default: f64) -> Option<HashVersion> {
    let number = object.truthy("hashVersion").map_or(Some(default), Node::as_float);
    number.and_then(HashVersion::of)
}

fn namespace(object: &Object<'_>, reader: &mut Reader<'_, '_, '_>) -> Option<Namespace> {
    let parts = object.list("namespace", reader)?;
    let namespace = match parts {
        [name, from, to, ..] => from
            .as_float()
            .zip(to.as_float())
            .map(|range| Namespace { name: script::text(&script::value(name)), range }),
        _ => None,
    };
    if namespace.is_none() {
        reader.error("namespace", "expected a namespace, such as `[\"pricing\", 0, 0.5]`");
    }
    namespace
}

/// The share of users; JavaScript multiplies with null as with 0.
pub(super) fn coverage(object: &Object<'_>, reader: &mut Reader<'_, '_, '_>) -> Option<f64> {
    match object.get("coverage") {
        Some(Node::Null) => Some(0.0),
        _ => object.number("coverage", reader),
    }
}

/// The names of groups, of which the user must be in one.
fn groups(object: &Object<'_>) -> Option<Vec<String>> {
    let listed = object.truthy("groups")?.as_list()?;
    Some(listed.iter().map(|group| script::text(&script::value(group))).collect())
}

fn status(object: &Object<'_>) -> Status {
    let is_inactive = object.get("active") == Some(&Node::Boolean(false));
    match object.get("status").and_then(Node::as_text) {
        Some("draft") => Status::Inactive,
        _ if is_inactive => Status::Inactive,
        Some("stopped") => Status::Stopped,
        _ => Status::Running,
    }
}

fn sticky(object: &Object<'_>, reader: &mut Reader<'_, '_, '_>) -> Sticky {
    Sticky {
        is_disabled: object.is_true("disableStickyBucketing"),
        version: object.number("bucketVersion", reader).unwrap_or_default(),
        min_version: object.number("minBucketVersion", reader).unwrap_or_default(),
    }
}

/// The attribute that is hashed where none is named.
pub(super) const ID: &str = "id";
