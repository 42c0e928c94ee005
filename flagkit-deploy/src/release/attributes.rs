//! What conditions may ask a release for.
//!
//! Facts as they were told, `metrics.*` as the judge has them, and of the release itself: `target`,
//! `environment`, `strategy`, `author`, `deployer`, `release.id`, `release.step`, `release.status`
//! and `release.weight` (the share of the new arms, 0 to 1). What was told hides what else has its name.

use std::cell::OnceCell;

use flagkit_core::{Attributes, ValueRef};
use serde_json::Value;

use crate::policy::Facts;
use crate::release::walk::Walk;
use crate::release::{Release, State};
use crate::split::WHOLE;

impl Walk<'_> {
    /// Everything that is known now.
    pub(super) fn known(&self) -> Known<'_> {
        Known {
            release: self.release,
            state: &self.state,
            numbers: OnceCell::new(),
            told: OnceCell::new(),
        }
    }
}

/// What is known of a release. Gates are asked at each event, so it is looked up and not copied.
pub(super) struct Known<'a> {
    release: &'a Release,
    state: &'a State,
    /// The numbers of the judge, once somebody asks for one.
    numbers: OnceCell<Facts>,
    /// Facts as values of conditions, once somebody asks for one that is a list or an object.
    told: OnceCell<Facts>,
}

impl Known<'_> {
    fn told<'s>(&'s self, name: &str, fact: &'s Value) -> Option<ValueRef<'s>> {
        let whole = || self.told.get_or_init(|| Facts::from(&self.state.facts));
        match fact {
            Value::Array(_) | Value::Object(_) => whole().attribute(name),
            _ => scalar(fact),
        }
    }

    /// What is known of the release itself.
    fn own(&self, name: &str) -> Option<ValueRef<'_>> {
        let (release, state) = (self.release, self.state);
        let plan = &release.plan;
        let text = match name {
            "target" => &plan.target,
            "environment" => &plan.environment,
            "strategy" => &plan.strategy,
            "author" => &release.author.name,
            "deployer" => state.deployer.as_deref().unwrap_or_default(),
            "release.id" => &*release.id,
            "release.status" => state.status.as_str(),
            "release.step" => return Some(ValueRef::Integer(i64::from(state.step))),
            "release.weight" => {
                let treated = f64::from(state.split.treated().ppm());
                return Some(ValueRef::Float(treated / f64::from(WHOLE)));
            }
            _ => return None,
        };
        Some(ValueRef::String(text))
    }

    fn numbers(&self) -> &Facts {
        let (rules, state) = (&self.release.judge, &self.state.judge);
        self.numbers.get_or_init(|| rules.attributes(state))
    }
}

impl Attributes for Known<'_> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        if let Some(fact) = self.state.facts.get(name) {
            return self.told(name, fact);
        }
        let of_metrics =
            || name.starts_with("metrics.") || self.release.plan.metric(name).is_some();
        self.own(name).or_else(|| of_metrics().then(|| self.numbers().attribute(name))?)
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (name, fact) in &self.state.facts {
            if let Some(value) = self.told(name, fact) {
                visit(name, value);
            }
        }
        let is_told = |name: &str| self.state.facts.contains_key(name);
        for name in OWN.into_iter().filter(|name| !is_told(name)) {
            if let Some(value) = self.own(name) {
                visit(name, value);
            }
        }
        self.numbers().each_attribute(&mut |name, value| {
            if !is_told(name) && !OWN.contains(&name) {
                visit(name, value);
            }
        });
    }
}

/// A fact that needs no copy; none for null, and for what is made of others.
fn scalar(fact: &Value) -> Option<ValueRef<'_>> {
    match fact {
        Value::Bool(value) => Some(ValueRef::Boolean(*value)),
        Value::String(text) => Some(ValueRef::String(text)),
        Value::Number(number) => {
            let integer = number.as_i64().map(ValueRef::Integer);
            let unsigned = || number.as_u64().map(ValueRef::Unsigned);
            integer.or_else(unsigned).or_else(|| number.as_f64().map(ValueRef::Float))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The names of what is known of the release itself.
pub(super) const OWN: [&str; 9] = [
    "target",
    "environment",
    "strategy",
    "author",
    "deployer",
    "release.id",
    "release.status",
    "release.step",
    "release.weight",
];
