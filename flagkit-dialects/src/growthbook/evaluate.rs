//! Evaluating features and experiments with everything that a caller may say.
//!
//! [`Snapshot::resolve`](flagkit_core::Snapshot::resolve) answers from attributes alone. What
//! GrowthBook's SDKs know beyond that is here: forced variations and values, earlier
//! assignments, pages, and the details of every experiment on the way.

use std::collections::HashMap;

use flagkit_core::{Attributes, ErrorCode, Fixed, List, Snapshot, Timestamp, Value, ValueRef};

use super::buckets::is_inside;
use super::condition::{ConditionId, JUDGED};
use super::experiment::{Experiment, Filter, Parent};
use super::feature::{Feature, Outcome, Reach, Rollout, Rule};
use super::result::{FeatureResult, Source};
use super::user::User;

mod experiment;
mod trial;

/// What features and experiments are evaluated with.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) snapshot: Snapshot,
    pub(super) features: HashMap<String, Feature>,
}

/// One evaluation.
pub(super) struct Evaluation<'f, 'u> {
    program: &'f Program,
    user: &'u mut User,
    fuel: u32,
}

/// The features that are being evaluated, each because of the one above.
#[derive(Clone, Copy)]
pub(super) struct Stack<'a> {
    above: Option<(&'a Stack<'a>, &'a str)>,
    depth: u32,
}

/// Whether all conditions on other features are met.
enum Parents {
    Met,
    Missed { gate: bool },
    Circle,
}

impl<'f, 'u> Evaluation<'f, 'u> {
    pub(super) fn new(program: &'f Program, user: &'u mut User) -> Self {
        Self { program, user, fuel: FUEL }
    }

    pub(super) fn feature(
        &mut self,
        key: &str,
        stack: Stack<'_>,
    ) -> Result<FeatureResult<'f>, ErrorCode> {
        if stack.contains(key) {
            return Ok(FeatureResult::plain(Value::Null, Source::CyclicPrerequisite));
        }
        let stack = stack.push(key)?;
        self.fuel = self.fuel.checked_sub(1).ok_or(ErrorCode::General)?;
        if let Some(value) = self.user.forced_values.get(key) {
            return Ok(FeatureResult::plain(value.clone(), Source::Override));
        }
        let Some(feature) = self.program.features.get(key) else {
            return Ok(FeatureResult::plain(Value::Null, Source::UnknownFeature));
        };
        if feature.is_broken {
            return Err(ErrorCode::ParseError);
        }
        for rule in &feature.rules {
            if let Some(decided) = self.rule(key, rule, stack)? {
                return Ok(decided);
            }
        }
        Ok(FeatureResult::plain(feature.default.clone(), Source::DefaultValue))
    }

    /// What a rule decides; `None` goes on with the next one.
    fn rule(
        &mut self,
        key: &str,
        rule: &'f Rule,
        stack: Stack<'_>,
    ) -> Result<Option<FeatureResult<'f>>, ErrorCode> {
        let nothing = |source| Ok(Some(FeatureResult::plain(Value::Null, source)));
        match self.parents(&rule.parents, stack)? {
            Parents::Met => {}
            Parents::Circle => return nothing(Source::CyclicPrerequisite),
            Parents::Missed { gate: true } => return nothing(Source::Prerequisite),
            Parents::Missed { gate: false } => return Ok(None),
        }
        if self.is_filtered_out(&rule.filters) {
            return Ok(None);
        }
        match &rule.outcome {
            Outcome::Skip => Ok(None),
            Outcome::Force { value, condition, rollout } => {
                let is_reached = self.passes(*condition)? && self.is_reached(rollout);
                let forced = || FeatureResult {
                    rule: rule.id.as_deref(),
                    ..FeatureResult::plain(value.clone(), Source::Force)
                };
                Ok(is_reached.then(forced))
            }
            Outcome::Experiment(trial) => {
                let (told, result) = self.trial(key, trial, stack)?;
                let is_served = result.in_experiment && result.passthrough.is_none();
                Ok(is_served.then(|| FeatureResult {
                    value: result.value.clone(),
                    source: Source::Experiment,
                    rule: rule.id.as_deref(),
                    experiment: Some((told, result)),
                }))
            }
        }
    }

    fn parents(&mut self, parents: &[Parent], stack: Stack<'_>) -> Result<Parents, ErrorCode> {
        for parent in parents {
            let found = self.feature(&parent.id, stack)?;
            if found.source == Source::CyclicPrerequisite {
                return Ok(Parents::Circle);
            }
            let value = [found.value];
            if let Some(judged) = parent.judged
                && !self.holds(judged, &FeatureValue(&value))?
            {
                return Ok(Parents::Missed { gate: parent.gate });
            }
        }
        Ok(Parents::Met)
    }

    fn is_filtered_out(&self, filters: &[Filter]) -> bool {
        filters.iter().any(|filter| {
            let bucket = self
                .user
                .truthy(&filter.attribute)
                .and_then(|value| filter.version?.prepare(&filter.seed).bucket(value.borrow()));
            bucket.is_none_or(|bucket| !filter.ranges.iter().any(|range| is_inside(bucket, *range)))
        })
    }

    fn is_reached(&self, rollout: &Rollout) -> bool {
        match rollout.reach {
            Reach::Everybody => return true,
            Reach::Nobody => return false,
            Reach::Range(..) | Reach::Coverage(_) => {}
        }
        let is_sticky = self.user.sticky.is_some() && rollout.is_sticky;
        let fallback = rollout.fallback.as_deref().filter(|_| is_sticky);
        let hashed = self.user.hashed(&rollout.attribute, fallback);
        let bucket = hashed
            .value
            .and_then(|value| rollout.version?.prepare(&rollout.seed).bucket(value.borrow()));
        bucket.is_some_and(|bucket| match rollout.reach {
            Reach::Range(from, to) => is_inside(bucket, (from, to)),
            Reach::Coverage(coverage) => bucket <= coverage,
            Reach::Everybody | Reach::Nobody => false,
        })
    }

    /// A condition on the user, if there is one.
    fn passes(&self, condition: Option<ConditionId>) -> Result<bool, ErrorCode> {
        condition.map_or(Ok(true), |id| self.holds(id, &self.user.attributes))
    }

    fn holds(&self, id: ConditionId, context: &impl Attributes) -> Result<bool, ErrorCode> {
        let world = Fixed::at(Timestamp::EPOCH);
        self.program.snapshot.is_in_segment(&id.segment(), context, &world, &mut ())
    }

    /// What is hashed for an experiment.
    fn hashed(&self, experiment: &Experiment) -> super::user::Hashed {
        let fallback =
            experiment.fallback_attribute.as_deref().filter(|_| self.is_sticky(experiment));
        self.user.hashed(&experiment.hash_attribute, fallback)
    }

    fn is_sticky(&self, experiment: &Experiment) -> bool {
        self.user.sticky.is_some() && !experiment.sticky.is_disabled
    }
}

impl<'a> Stack<'a> {
    pub(super) const EMPTY: Stack<'static> = Stack { above: None, depth: 0 };

    fn contains(&self, key: &str) -> bool {
        let mut next = self.above;
        while let Some((above, this)) = next {
            if this == key {
                return true;
            }
            next = above.above;
        }
        false
    }

    fn push<'b>(&'b self, key: &'b str) -> Result<Stack<'b>, ErrorCode>
    where
        'a: 'b,
    {
        let depth = self.depth + 1;
        if depth > DEPTH_MAX {
            Err(ErrorCode::General)
        } else {
            Ok(Stack { above: Some((self, key)), depth })
        }
    }
}

/// The value of a feature, as a condition judges it.
struct FeatureValue<'a>(&'a [Value]);

impl Attributes for FeatureValue<'_> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        (name == JUDGED).then_some(ValueRef::List(List::Values(self.0)))
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        visit(JUDGED, ValueRef::List(List::Values(self.0)));
    }
}

/// Features that depend on each other, one after the other.
const DEPTH_MAX: u32 = 200;
/// Features that one evaluation may look at; features that depend on each other in many ways
/// could keep it busy for years.
const FUEL: u32 = 100_000;
