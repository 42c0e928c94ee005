//! Features as flags of the common document, evaluated from attributes alone.

use std::collections::HashSet;
use std::sync::Arc;

use flagkit_core::document::{
    Accepts, Branch, Broken, Bucket, Condition, Failing, Flag, Lookup, Prerequisite, Range,
    References, Rule, Segment, Serve, Split, Variant,
};
use flagkit_core::{Document, ErrorCode, Reason, Structure, Value};

use super::buckets::{HashVersion, bucket_ranges};
use super::condition::{ConditionId, Conditions, is_truthy};
use super::experiment::{Experiment, Filter, Parent, Status};
use super::feature::{Feature, Outcome, Reach, Rollout, Trial};
use super::ranges::Ranges;
use super::result::Source;
use super::script;

/// Circles count once an evaluation closes one; a missing feature is null.
const REFERENCES: References = References {
    unknown_flag: Broken::Reached,
    unknown_segment: Broken::Reached,
    circle: Broken::Reentered,
};

/// Lowers features that are read already.
pub(super) fn document(features: &[(&str, Feature)], conditions: Conditions<'_>) -> Document {
    let known = features.iter().map(|(key, _)| *key).collect();
    let mut lowering = Lowering { conditions, known, judged: Vec::new() };
    let flags = features.iter().map(|(key, feature)| lowering.flag(key, feature)).collect();
    let judged = std::mem::take(&mut lowering.judged);
    let segments = lowering.conditions.into_segments().into_iter().chain(judged).collect();
    Document { flags, segments, references: REFERENCES, ..Document::default() }
}

/// What is known while features are lowered.
struct Lowering<'k, 'n> {
    conditions: Conditions<'n>,
    known: HashSet<&'k str>,
    /// The conditions on other features, as segments.
    judged: Vec<Segment>,
}

/// A flag that is being put together.
struct Draft {
    variants: Vec<Variant>,
    rules: Vec<Rule>,
}

impl Lowering<'_, '_> {
    fn flag(&mut self, key: &str, feature: &Feature) -> Flag {
        if feature.is_broken {
            return Flag::broken(key.to_owned(), ErrorCode::ParseError);
        }
        let default = unnamed(feature.default.clone());
        // Vectors grow to four elements, and in hundreds of thousands of flags that is felt.
        let mut draft = Draft::of_size(feature);
        draft.variants.extend([default, unnamed(Value::Null)]);
        for rule in &feature.rules {
            self.rule(rule, &mut draft);
        }
        let last = (Condition::Always, Serve::Variant(DEFAULT));
        draft.push(None, last, (Source::DefaultValue, Reason::Default));
        let Draft { mut variants, mut rules } = draft;
        variants.shrink_to_fit();
        rules.shrink_to_fit();
        Flag { key: key.to_owned(), variants, rules, version: None, metadata: None }
    }

    fn rule(&mut self, rule: &super::feature::Rule, draft: &mut Draft) {
        let mut when = Vec::with_capacity(rule.parents.len() + rule.filters.len() + USUAL);
        for parent in &rule.parents {
            let is_met = self.parent(parent);
            if !parent.gate {
                when.push(is_met);
                continue;
            }
            let reached = when.iter().cloned().chain([is_met.negated()]).collect();
            let blocked = (Condition::All(reached), Serve::Variant(NULL));
            draft.push(None, blocked, (Source::Prerequisite, Reason::PrerequisiteFailed));
        }
        when.extend(rule.filters.iter().map(filter));
        let id = rule.id.as_deref();
        match &rule.outcome {
            Outcome::Skip => {}
            Outcome::Force { value, condition, rollout } => {
                when.extend(condition.map(|id| self.conditions.take(id)));
                when.extend(reached(rollout));
                let is_for_some = matches!(rollout.reach, Reach::Range(..) | Reach::Coverage(_));
                let reason = if is_for_some { Reason::Split } else { Reason::TargetingMatch };
                let serve = Serve::Variant(draft.variant(unnamed(value.clone())));
                when.shrink_to_fit();
                draft.push(id, (Condition::All(when), serve), (Source::Force, reason));
            }
            Outcome::Experiment(trial) => {
                if let Some(serve) = self.experiment(trial, &mut when, draft) {
                    let rule = (Condition::All(when), serve);
                    draft.push(id, rule, (Source::Experiment, Reason::Split));
                }
            }
        }
    }

    /// Another feature's value is judged by a segment; that of a feature that is not there is
    /// null, which it is also where no element is looked at.
    fn parent(&mut self, parent: &Parent) -> Condition {
        let segment = parent.condition.map(|id| self.judge(id));
        if !self.known.contains(&*parent.id) {
            return segment.map_or(Condition::Always, Condition::InSegment);
        }
        Condition::Prerequisite(Prerequisite {
            flag: parent.id.clone(),
            accepts: segment.map_or(Accepts::Anything, Accepts::InSegment),
            when_disabled: true,
            when_failing: Failing::Fails,
        })
    }

    fn judge(&mut self, id: ConditionId) -> String {
        let key = id.segment();
        self.judged.push(Segment { key: key.clone(), when: self.conditions.kept(id) });
        key
    }

    /// What an experiment serves, if anybody can be in it without an SDK's further context.
    fn experiment(
        &mut self,
        trial: &Trial,
        when: &mut Vec<Condition>,
        draft: &mut Draft,
    ) -> Option<Serve> {
        let experiment = &trial.experiment;
        let is_open = experiment.variations.len() > 1
            && experiment.status == Status::Running
            && experiment.groups.is_none()
            && experiment.url.is_none()
            && experiment.url_patterns.is_none();
        let version = experiment.hash_version.filter(|_| is_open)?;
        let subject = attribute(&experiment.hash_attribute);
        when.push(is_truthy(subject.clone()));
        match (&experiment.filters, &experiment.namespace) {
            (Some(filters), _) => when.extend(filters.iter().map(filter)),
            (None, Some(namespace)) => {
                let bucketing = namespace.bucketing();
                when.push(inside(subject.clone(), bucketing, vec![namespace.range]));
            }
            (None, None) => {}
        }
        when.extend(experiment.condition.map(|id| self.conditions.take(id)));
        when.extend(experiment.parents.iter().map(|parent| self.parent(parent)));
        let first = draft.variations(experiment);
        let split = |weights: Option<&[f64]>| {
            Serve::from(Split {
                subject: subject.clone(),
                bucketing: version.bucketing(experiment.seed()),
                ranges: ranges(experiment, weights, first),
                when_missing: Box::new(Serve::NextRule),
                unassigned: Box::new(Serve::NextRule),
            })
        };
        let otherwise = split(experiment.weights.as_deref());
        let leaves = trial.bandit.iter().flat_map(|bandit| &bandit.leaves);
        let leaves = leaves.filter(|_| !experiment.keeps_weights);
        let branches: Vec<Branch> = leaves
            .map(|leaf| {
                let when = leaf.condition.map(|id| self.conditions.take(id));
                Branch {
                    when: when.unwrap_or(Condition::Always),
                    serve: split(Some(&leaf.weights)),
                }
            })
            .collect();
        if branches.is_empty() {
            return Some(otherwise);
        }
        Some(Serve::FirstOf { branches, otherwise: Box::new(otherwise) })
    }
}

impl Draft {
    /// With room for what the rules of a feature become.
    fn of_size(feature: &Feature) -> Self {
        let (mut variants, mut rules) = (2, 1);
        for rule in &feature.rules {
            rules += 1 + rule.parents.iter().filter(|parent| parent.gate).count();
            variants += match &rule.outcome {
                Outcome::Skip => 0,
                Outcome::Force { .. } => 1,
                Outcome::Experiment(trial) => trial.experiment.variations.len(),
            };
        }
        Self { variants: Vec::with_capacity(variants), rules: Vec::with_capacity(rules) }
    }

    fn push(
        &mut self,
        id: Option<&str>,
        (when, serve): (Condition, Serve),
        (source, reason): (Source, Reason),
    ) {
        let (id, label) = (id.map(Arc::from), Some(Arc::from(source.name())));
        self.rules.push(Rule { id, label, when, serve, reason });
    }

    fn variant(&mut self, variant: Variant) -> usize {
        self.variants.push(variant);
        self.variants.len() - 1
    }

    /// The variations, and the place of the first one.
    fn variations(&mut self, experiment: &Experiment) -> usize {
        let first = self.variants.len();
        for (place, value) in experiment.variations.iter().enumerate() {
            let meta = experiment.meta(place).unwrap_or_default();
            let key = meta.key.as_ref().map_or_else(|| place.to_string(), script::text);
            let facts = [
                ("experiment", Some(Value::from(&*experiment.key))),
                ("variationId", Some(script::number(place))),
                ("name", meta.name),
            ];
            let facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?)));
            self.variants.push(Variant {
                key: Some(key.into()),
                metadata: Some(Arc::new(facts.collect::<Structure>())),
                ..unnamed(value.clone())
            });
        }
        first
    }
}

fn unnamed(value: Value) -> Variant {
    Variant { key: None, enabled: script::is_true(&value), value, metadata: None }
}

fn attribute(name: &str) -> Lookup {
    Lookup::Name(name.to_owned())
}

fn filter(filter: &Filter) -> Condition {
    in_ranges(&filter.attribute, filter.version, &filter.seed, filter.ranges.clone())
}

/// Who a rollout has reached; `None` is everybody.
fn reached(rollout: &Rollout) -> Option<Condition> {
    let range = match rollout.reach {
        Reach::Everybody => return None,
        Reach::Nobody => return Some(super::condition::NEVER),
        Reach::Range(from, to) => (from, to),
        // The bucket that equals the coverage is inside.
        Reach::Coverage(coverage) => (0.0, coverage.next_up()),
    };
    Some(in_ranges(&rollout.attribute, rollout.version, &rollout.seed, vec![range]))
}

fn in_ranges(
    name: &str,
    version: Option<HashVersion>,
    seed: &str,
    ranges: Vec<(f64, f64)>,
) -> Condition {
    let Some(version) = version else { return super::condition::NEVER };
    let is_there = is_truthy(attribute(name));
    Condition::All(vec![is_there, inside(attribute(name), version.bucketing(seed), ranges)])
}

fn inside(
    subject: Lookup,
    bucketing: flagkit_core::Bucketing,
    ranges: Vec<(f64, f64)>,
) -> Condition {
    Condition::from(Bucket { subject, bucketing, ranges, when_missing: false })
}

/// The buckets of each variation. Those of variations that are told but not served are left
/// out, so that the next rule decides.
fn ranges(experiment: &Experiment, weights: Option<&[f64]>, first: usize) -> Vec<Range> {
    let count = experiment.variations.len();
    let computed = || bucket_ranges(count, experiment.coverage, weights);
    let ranges = experiment.ranges.clone().unwrap_or_else(computed);
    let mut free = Ranges::default();
    let mut served = Vec::new();
    for (place, (from, to)) in ranges.into_iter().enumerate() {
        let place = match experiment.force {
            Some(forced) => script::place(forced, count),
            None => (place < count).then_some(place),
        };
        let is_passed_on =
            |place: &usize| experiment.meta(*place).is_none_or(|meta| meta.passthrough.is_some());
        match place.filter(|place| !is_passed_on(place)) {
            Some(place) => {
                let parts = free.without_holes(from, to).into_iter();
                served.extend(parts.map(|(from, to)| Range { from, to, variant: first + place }));
            }
            None => free.punch(from, to),
        }
    }
    served
}

/// The places of the variants that every flag has.
const DEFAULT: usize = 0;
const NULL: usize = 1;
/// Beside parents and filters a rule asks for a condition and who is reached.
const USUAL: usize = 2;
