//! The weights of one rule of one flag, replaced in the text of a document.

use serde_json::value::RawValue;

use super::json::{Entries, Items, place, string};
use crate::driver::layout::{in_buckets, order};
use crate::order::Failure;
use crate::split::Split;

/// What shall be in a flag.
#[derive(Clone, Copy)]
pub(super) struct Patch<'a> {
    /// The key of the flag.
    pub(super) flag: &'a str,
    /// The id of the rule.
    pub(super) rule: &'a str,
    /// The names of the variants, the control's first.
    pub(super) arms: &'a [String],
    pub(super) split: &'a Split,
}

/// What becomes of a text.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Patched {
    /// It says so already.
    Same,
    /// The new text.
    Changed(String),
}

impl Patch<'_> {
    /// In a whole document.
    pub(super) fn document(&self, text: &str) -> Result<Patched, Failure> {
        let Some(document) = Entries::read(text) else {
            return Err(Failure::permanent(
                "the flags are no JSON object; `flagkit convert` writes YAML and other formats as JSON",
            ));
        };
        let flags = document.get("flags").unwrap_or_default();
        let flag = match Items::read(flags) {
            None => Entries::read(flags).and_then(|flags| flags.get(self.flag)),
            Some(list) => list.0.iter().map(|flag| flag.get()).find(|flag| {
                let name = Entries::read(flag).and_then(|flag| flag.get("name"));
                name.and_then(string).as_deref() == Some(self.flag)
            }),
        };
        let flag = flag.ok_or_else(|| self.refused("is not in the document"))?;
        self.within(text, flag, document.get("bucketing"))
    }

    /// In a flag by itself.
    pub(super) fn flag(&self, text: &str) -> Result<Patched, Failure> {
        self.within(text, text, None)
    }

    /// `bucketing` is that of the document.
    fn within(&self, text: &str, flag: &str, bucketing: Option<&str>) -> Result<Patched, Failure> {
        let fields = Entries::read(flag).ok_or_else(|| self.refused("is no JSON object"))?;
        self.check_variants(&fields)?;
        let buckets =
            fields.get("bucketing").or(bucketing).map_or(Ok(BUCKETS), |text| self.buckets(text))?;
        let weights = self.weights(buckets);
        let rule = self.rule(&fields)?;
        let rule_fields =
            Entries::read(rule).ok_or_else(|| self.refused("has a rule that is no object"))?;
        self.check_rule(&rule_fields)?;
        let Some(rollout) = rule_fields.get("rollout") else {
            return self.inserted(text, rule, &format!("\"rollout\":{{\"variants\":{weights}}}"));
        };
        let rollout_fields = Entries::read(rollout)
            .ok_or_else(|| self.refused("has a `rollout` that is no object"))?;
        if rollout_fields
            .get("percentage")
            .is_some_and(|percentage| percentage.parse() != Ok(100.0))
        {
            return Err(self
                .refused("has a rule whose `rollout.percentage` leaves users out; take it away"));
        }
        let Some(variants) = rollout_fields.get("variants") else {
            return self.inserted(text, rollout, &format!("\"variants\":{weights}"));
        };
        if same(variants, &weights) {
            return Ok(Patched::Same);
        }
        self.replaced(text, variants, &weights)
    }

    /// The rule of that id.
    fn rule<'t>(&self, fields: &Entries<'t>) -> Result<&'t str, Failure> {
        let rules = fields.get("targeting_rules").and_then(Items::read);
        let rules = rules.map(|rules| rules.0).unwrap_or_default();
        let mut found = rules.into_iter().map(RawValue::get).filter(|rule| {
            let id = Entries::read(rule).and_then(|rule| rule.get("id"));
            id.and_then(string).as_deref() == Some(self.rule)
        });
        let rule = self.rule;
        found.next().ok_or_else(|| {
            self.refused(&format!(
                "has no rule `{rule}`; write {{\"id\":\"{rule}\"}} where in `targeting_rules` the release shall come"
            ))
        })
    }

    /// Nothing in the rule wins over its weights.
    fn check_rule(&self, rule: &Entries<'_>) -> Result<(), Failure> {
        if rule.get("variant").is_some_and(|variant| variant != "null") {
            return Err(self.refused("has a rule with a fixed `variant`, which wins over weights"));
        }
        if rule.get("enabled") == Some("false") {
            return Err(self.refused("has a rule that switches it off: `enabled: false`"));
        }
        Ok(())
    }

    /// Every arm is a variant.
    fn check_variants(&self, fields: &Entries<'_>) -> Result<(), Failure> {
        let text = fields.get("variants").unwrap_or_default();
        let names: Vec<String> = match Items::read(text) {
            Some(list) => {
                let name = |variant: &&RawValue| string(Entries::read(variant.get())?.get("name")?);
                list.0.iter().filter_map(name).collect()
            }
            None => Entries::read(text)
                .into_iter()
                .flat_map(|map| map.0)
                .map(|(name, _)| name)
                .collect(),
        };
        match self.arms.iter().find(|arm| !names.contains(arm)) {
            None => Ok(()),
            Some(arm) => Err(self.refused(&format!("has no variant `{arm}`"))),
        }
    }

    fn buckets(&self, bucketing: &str) -> Result<u32, Failure> {
        let fields = Entries::read(bucketing)
            .ok_or_else(|| self.refused("has a `bucketing` that is no object"))?;
        let buckets = fields.get("buckets").map_or(Ok(BUCKETS), str::parse);
        buckets.map_err(|_| self.refused("has `bucketing.buckets` that is no number"))
    }

    /// In the order of the line of buckets.
    fn weights(&self, buckets: u32) -> String {
        let split = in_buckets(self.split, buckets);
        let weight = |arm: usize| {
            let name = self.arms.get(arm).map(String::as_str).unwrap_or_default();
            format!("{}:{}", serde_json::Value::from(name), split.of(arm).ppm())
        };
        let weights: Vec<String> = order(self.arms.len()).into_iter().map(weight).collect();
        format!("{{{}}}", weights.join(","))
    }

    /// Puts an entry at the beginning of an object.
    fn inserted(&self, text: &str, object: &str, entry: &str) -> Result<Patched, Failure> {
        let is_empty = Entries::read(object).is_some_and(|entries| entries.0.is_empty());
        let comma = if is_empty { "" } else { "," };
        let rest = object.strip_prefix('{').unwrap_or(object);
        self.replaced(text, object, &format!("{{{entry}{comma}{rest}"))
    }

    fn replaced(&self, text: &str, part: &str, by: &str) -> Result<Patched, Failure> {
        let parts =
            place(text, part).and_then(|(from, to)| Some((text.get(..from)?, text.get(to..)?)));
        let (before, after) = parts.ok_or_else(|| self.refused("cannot be found in its text"))?;
        Ok(Patched::Changed([before, by, after].concat()))
    }

    #[cold]
    fn refused(&self, why: &str) -> Failure {
        Failure::permanent(format!("flag `{}` {why}", self.flag))
    }
}

/// Whether two objects have the same entries in the same order.
fn same(one: &str, other: &str) -> bool {
    let read = |text| {
        let entries = Entries::read(text)?.0.into_iter();
        entries.map(|(name, value)| Some((name, value.get().parse::<f64>().ok()?))).collect()
    };
    let one: Option<Vec<(String, f64)>> = read(one);
    one.is_some() && one == read(other)
}

/// What flag files have unless they say otherwise.
const BUCKETS: u32 = 10_000;

#[cfg(test)]
mod tests;
