//! A flag's rules and what they serve.

use std::sync::Arc;

use crate::counters::TRACKED;
use crate::document;
use crate::document::Variant;
use crate::reason::Reason;
use crate::snapshot::condition::{Bucket, Condition};
use crate::snapshot::flag::{
    FirstOf, Flag, Head, Outcomes, Rule, RuleName, Serve, ServeComputed, Shortcut, Split, Within,
};
use crate::value::{Structure, Value};

use super::condition::Compiler;
use super::diagnostic::Diagnostic;

impl Compiler {
    pub(super) fn flag(&mut self, place: u32, flag: document::Flag) -> Flag {
        let document::Flag { key, variants, rules, version, metadata } = flag;
        let key: Arc<str> = key.into();
        let ((rules, names), status) =
            self.alone(("flags", &key), |compiler| compiler.rules(rules, &variants));
        let shortcut =
            if status.is_malformed { Shortcut::None } else { shortcut(&rules, &variants) };
        let questions = match (&shortcut, &*rules) {
            (Shortcut::None, [_, _, ..]) => self.snapshot.interned.questions(&rules),
            _ => None,
        };
        let is_tracked = metadata.as_ref().is_some_and(|metadata| is_tracked(metadata));
        Flag {
            head: Head::of(&key),
            shortcut,
            outcomes: self.outcomes(place, (&names, &variants), is_tracked),
            place,
            questions,
            variants: self.snapshot.interned.variants(variants),
            rules: rules.into(),
            names: self.snapshot.interned.names(names),
            key,
            version,
            metadata,
            status,
        }
    }

    fn rules(
        &mut self,
        rules: Vec<document::Rule>,
        variants: &[Variant],
    ) -> (Vec<Rule>, Vec<RuleName>) {
        let count = rules.len();
        let compiled = rules.into_iter().enumerate().map(|(rule_at, rule)| {
            let when = self.condition(rule.when, 0);
            let serve = self.serve(rule.serve, Places { variants, rule_at, rules: count }, 0);
            let name = RuleName { id: rule.id, label: rule.label, reason: rule.reason, code: 0 };
            (Rule { when, serve }, name)
        });
        let (rules, mut names): (Vec<_>, Vec<_>) = compiled.unzip();
        let (mut codes, mut next) = ([None; REASONS], 0);
        for name in &mut names {
            if let Some(code) = codes.get_mut(name.reason as usize) {
                name.code = *code.get_or_insert(next);
                next = next.max(name.code + 1);
            }
        }
        (rules, names)
    }

    /// The numbers of what a flag serves: those that the flag had in its place before, if they are
    /// enough, or new ones.
    fn outcomes(
        &mut self,
        place: u32,
        (names, variants): (&[RuleName], &[Variant]),
        is_tracked: bool,
    ) -> Outcomes {
        let codes = names.iter().map(|name| name.code + 1).max().unwrap_or(0);
        let default = names.iter().find(|name| name.reason == Reason::Default);
        let unruled = default.map_or(codes, |name| name.code);
        // The text of as many variants as do not fit would exceed every limit.
        let width = u32::try_from(variants.len()).unwrap_or(u32::MAX).saturating_add(1);
        let wanted = width.saturating_mul(u32::from(codes.max(unruled + 1)));
        let tracked = if is_tracked { TRACKED } else { 0 };
        let old = self.snapshot.flag_slot(place).map(|flag| flag.outcomes);
        if let Some(old) = old.filter(|old| wanted <= old.count) {
            return Outcomes { first: old.first() | tracked, width, unruled, ..old };
        }
        let first = self.snapshot.outcomes;
        let end = first.saturating_add(wanted);
        if end > OUTCOMES_MAX {
            return Outcomes { first: OUTCOMES_MAX | tracked, count: 0, width, unruled };
        }
        self.snapshot.outcomes = end;
        Outcomes { first: first | tracked, count: wanted, width, unruled }
    }

    fn serve(&mut self, serve: document::Serve, places: Places<'_>, depth: u32) -> Serve {
        if self.is_too_deep(depth) {
            return Serve::Default;
        }
        match serve {
            document::Serve::Variant(place) => Serve::Variant(self.variant(place, places.variants)),
            document::Serve::Default => Serve::Default,
            document::Serve::NextRule => Serve::NextRule,
            document::Serve::Rule(later) => Serve::Rule(self.later_rule(later, places)),
            document::Serve::Error(code) => Serve::Error(code),
            document::Serve::Split(split) => {
                Serve::Split(Box::new(self.split(*split, places, depth)))
            }
            document::Serve::FirstOf { branches, otherwise } => {
                let branches = branches.into_iter().map(|branch| {
                    let serve = self.serve(branch.serve, places, depth + 1);
                    (self.condition(branch.when, depth + 1), serve)
                });
                Serve::FirstOf(Box::new(FirstOf {
                    branches: branches.collect(),
                    otherwise: self.serve(*otherwise, places, depth + 1),
                }))
            }
            document::Serve::Computed(computed) => Serve::Computed(Box::new(ServeComputed {
                computed: self.computed(computed.expression, places.variants, depth + 1),
                when_null: self.serve(*computed.when_null, places, depth + 1),
                when_unknown: self.serve(*computed.when_unknown, places, depth + 1),
            })),
            document::Serve::Within { bucket, inside, outside } => {
                Serve::Within(Box::new(Within {
                    bucket: Arc::new(self.bucket(*bucket)),
                    inside: self.serve(*inside, places, depth + 1),
                    outside: self.serve(*outside, places, depth + 1),
                }))
            }
        }
    }

    fn split(&mut self, split: document::Split, places: Places<'_>, depth: u32) -> Split {
        for range in &split.ranges {
            self.variant(range.variant, places.variants);
        }
        let bucketing = split.bucketing.prepare();
        // The first range that holds a bucket has it.
        let all = split.ranges.first().filter(|all| bucketing.is_always_between(all.from, all.to));
        Split {
            of_all_texts: all.and_then(|all| u32::try_from(all.variant).ok()),
            bucketing,
            subject: self.snapshot.interned.lookup(split.subject),
            ranges: split.ranges.into(),
            when_missing: self.serve(*split.when_missing, places, depth + 1),
            unassigned: self.serve(*split.unassigned, places, depth + 1),
        }
    }

    pub(super) fn bucket(&mut self, bucket: document::Bucket) -> Bucket {
        let bucketing = bucket.bucketing.prepare();
        let mut ranges = bucket.ranges.iter();
        Bucket {
            has_all_texts: ranges.any(|(from, to)| bucketing.is_always_between(*from, *to)),
            bucketing,
            subject: self.snapshot.interned.lookup(bucket.subject),
            ranges: bucket.ranges.into(),
            when_missing: bucket.when_missing,
        }
    }

    /// Going forward only: so every evaluation ends.
    fn later_rule(&mut self, later: usize, places: Places<'_>) -> u32 {
        if !(places.rule_at + 1..places.rules).contains(&later) {
            let problem = format!("rule number {} goes on with rule {later}", places.rule_at);
            self.report(Diagnostic::error(self.path(), problem));
        }
        u32::try_from(later).unwrap_or(u32::MAX)
    }

    fn variant(&mut self, place: usize, variants: &[Variant]) -> u32 {
        let variants = variants.len();
        if place >= variants {
            let problem = format!("a rule serves variant number {place} of {variants}");
            self.report(Diagnostic::error(self.path(), problem));
        }
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}

/// What a rule may name by its place.
#[derive(Clone, Copy)]
struct Places<'f> {
    variants: &'f [Variant],
    /// The rule itself.
    rule_at: usize,
    rules: usize,
}

/// Whether the author of a flag wants to know who sees what.
fn is_tracked(metadata: &Structure) -> bool {
    metadata.get("track").and_then(Value::as_bool) == Some(true)
}

/// Such flags refer to nothing, so nothing but their own text can make them fail.
fn shortcut(rules: &[Rule], variants: &[Variant]) -> Shortcut {
    let [Rule { when: Condition::Always, serve }] = rules else { return Shortcut::None };
    match serve {
        Serve::Variant(place) => Shortcut::Constant {
            variant: *place,
            enabled: variants.get(*place as usize).is_some_and(|variant| variant.enabled),
        },
        Serve::Within(within) => match (&within.inside, &within.outside) {
            (Serve::Variant(inside), Serve::Variant(outside)) => {
                let (inside, outside) = (*inside, *outside);
                Shortcut::Percentage { gate: within.bucket.clone(), inside, outside }
            }
            _ => Shortcut::None,
        },
        _ => Shortcut::None,
    }
}

/// As many as there are reasons.
const REASONS: usize = Reason::Error as usize + 1;

/// More numbers than this the outcomes of a snapshot and its ancestors do not get; further ones
/// are counted together.
const OUTCOMES_MAX: u32 = 1 << 30;
