//! Rules: a query, and what those get for whom it holds.

use std::collections::BTreeMap;

use flagkit_core::document::{
    Condition, Lookup, Operator, Range, Readings, Rule, Serve, Split, Test, TextReading, Unreadable,
};
use flagkit_core::{Bucketing, Case, ErrorCode, Hash, Part, Reason, Scale, Units};

use super::flag::Variants;
use super::parts::{Parts, RuleParts};
use super::{TARGETING_KEY, progressive, query};
use crate::fields::Fields;
use crate::path::Path;
use crate::report::Report;

/// Who is bucketed.
pub(super) struct Subject {
    lookup: Lookup,
    /// A path into the attributes is named, and it is not empty.
    is_attribute: bool,
    /// An empty path is named: then an empty key is an error of the rule that needs one.
    is_late: bool,
}

impl Subject {
    pub(super) fn read(fields: &Fields<'_, '_>, report: &mut Report) -> Self {
        let path = fields.text("bucketingKey", report);
        let lookup = match path {
            None | Some("") => Lookup::TargetingKey,
            Some(TARGETING_KEY) => {
                let attribute = Lookup::Name(TARGETING_KEY.to_owned());
                Lookup::FirstOf(vec![attribute, Lookup::TargetingKey])
            }
            Some(path) if !path.contains('.') => Lookup::Name(path.to_owned()),
            Some(path) => Lookup::Path(path.split('.').map(str::to_owned).collect()),
        };
        let is_attribute = path.is_some_and(|path| !path.is_empty());
        Self { lookup, is_attribute, is_late: path == Some("") }
    }

    pub(super) fn lookup(&self) -> Lookup {
        self.lookup.clone()
    }

    /// What fails before anything else is looked at.
    pub(super) fn checks(&self, is_bucketed: bool) -> Vec<Rule> {
        let mut rules = Vec::new();
        if self.is_attribute {
            let any_text = Operator::StartsWith(vec![String::new()]);
            let test = Test { negate: true, ..self.test(any_text) };
            rules.push(failing(Condition::Test(test), ErrorCode::TargetingKeyMissing));
        }
        if is_bucketed && !self.is_late {
            rules.push(failing(self.is_empty(), ErrorCode::TargetingKeyMissing));
        }
        rules
    }

    /// Holds if there is no key, or an empty one.
    fn is_empty(&self) -> Condition {
        Condition::Test(self.test(Operator::TextOneOf(vec![String::new()])))
    }

    fn test(&self, operator: Operator) -> Test {
        Test {
            lookup: self.lookup(),
            operator,
            case: Case::Sensitive,
            reads: Readings::STRICT,
            negate: false,
            when_missing: true,
            when_unreadable: Unreadable::DoesNotMeet,
            when_malformed: None,
        }
    }
}

/// What all rules of a flag share.
pub(super) struct Lowering<'n, 'f> {
    pub(super) flag: &'f str,
    pub(super) subject: &'f Subject,
    pub(super) parts: &'f Parts<'n>,
}

impl Lowering<'_, '_> {
    pub(super) fn targeting(
        &self,
        rule: &RuleParts<'_>,
        path: &Path<'_>,
        variants: &mut Variants,
        report: &mut Report,
    ) -> Vec<Rule> {
        let early = self.early(rule);
        let query = rule.query.unwrap_or_default();
        let when = query::condition(query, &path.key("query"), report);
        if rule.disabled == Some(true) {
            return early;
        }
        let (label, reason) = if rule.is_dynamic() {
            ("TARGETING_MATCH_SPLIT", Reason::Split)
        } else {
            ("TARGETING_MATCH", Reason::TargetingMatch)
        };
        let id = rule.name.filter(|name| !name.is_empty()).map(Into::into);
        let serve = self.serve(rule, variants);
        let rule = Rule { id, label: Some(label.into()), when, serve, reason };
        early.into_iter().chain([rule]).collect()
    }

    /// The rule for everyone else; its query, and whether it is disabled, count for nothing.
    pub(super) fn default(
        &self,
        rule: &RuleParts<'_>,
        has_rules: bool,
        variants: &mut Variants,
    ) -> Vec<Rule> {
        let (label, reason) = match (rule.is_dynamic(), has_rules) {
            (true, _) => ("SPLIT", Reason::Split),
            (false, true) => ("DEFAULT", Reason::Default),
            (false, false) => ("STATIC", Reason::Static),
        };
        let serve = self.serve(rule, variants);
        let label = Some(label.into());
        let last = Rule { id: None, label, when: Condition::Always, serve, reason };
        self.early(rule).into_iter().chain([last]).collect()
    }

    /// A rule that buckets fails without a key before its query is asked.
    fn early(&self, rule: &RuleParts<'_>) -> Vec<Rule> {
        let fails = self.subject.is_late && rule.is_bucketed();
        let failing = || failing(self.subject.is_empty(), ErrorCode::ParseError);
        fails.then(failing).into_iter().collect()
    }

    fn serve(&self, rule: &RuleParts<'_>, variants: &mut Variants) -> Serve {
        if let Some(stages) = rule.progressive {
            let subject = self.subject.lookup();
            let bucketing = self.bucketing(100_000);
            return progressive::serve(stages, (subject, bucketing), |name| {
                variants.place(name, self.parts, true)
            });
        }
        if let Some(percentages) = rule.percentages.as_ref().filter(|all| !all.is_empty()) {
            return self.split(percentages, |name| variants.place(name, self.parts, false));
        }
        match rule.variation {
            Some(name) => Serve::Variant(variants.place(name, self.parts, false)),
            None => FAILS,
        }
    }

    /// The names in descending order share the buckets; a bucket is a thousandth of a percent.
    fn split(
        &self,
        percentages: &BTreeMap<&str, f64>,
        mut place: impl FnMut(&str) -> usize,
    ) -> Serve {
        let buckets = whole(percentages.values().sum::<f64>() * PER_PERCENT);
        let is_sound = percentages.values().all(|percentage| *percentage >= 0.0);
        if buckets < 1.0 || buckets > f64::from(u32::MAX) || !is_sound {
            return FAILS;
        }
        let mut end = 0.0;
        let ranges = percentages.iter().rev().map(|(name, percentage)| {
            let from = whole(end);
            end += percentage * PER_PERCENT;
            Range { from, to: whole(end), variant: place(name) }
        });
        Serve::from(Split {
            ranges: ranges.collect(),
            subject: self.subject.lookup(),
            bucketing: self.bucketing(to_integer(buckets)),
            when_missing: Box::new(FAILS),
            unassigned: Box::new(FAILS),
        })
    }

    fn bucketing(&self, buckets: u64) -> Bucketing {
        Bucketing {
            hash: Hash::Fnv1a,
            input: vec![Part::Text(self.flag.to_owned()), Part::Subject],
            reads: TextReading::Strict,
            units: Units::Utf8,
            scale: Scale::modulo(buckets),
        }
    }
}

/// A rule that fails.
pub(super) fn failing(when: Condition, code: ErrorCode) -> Rule {
    Rule { id: None, label: None, when, serve: Serve::Error(code), reason: Reason::Error }
}

/// As a conversion to an unsigned integer leaves it.
fn whole(number: f64) -> f64 {
    number.trunc()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the caller has checked the range"
)]
fn to_integer(number: f64) -> u64 {
    number as u64
}

/// The vendor says `FLAG_CONFIG`.
pub(super) const FAILS: Serve = Serve::Error(ErrorCode::ParseError);
pub(super) const PER_PERCENT: f64 = 1_000.0;
