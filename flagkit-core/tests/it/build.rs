//! Short ways to say documents.

use flagkit_core::document::{
    Bucket, Condition, Flag, Lookup, NumberReading, Operator, Prerequisite, Range, Readings, Rule,
    Segment, Serve, Split, Test, TextReading, Unreadable, Variant,
};
use flagkit_core::{
    Attributes, Bucketing, Case, Document, ErrorCode, Fixed, Hash, Part, Reason, Resolution, Scale,
    Snapshot, Timestamp, Units, Value,
};

/// A flag with variants `off` and `on` and these rules, then off.
pub(crate) fn flag(key: &str, rules: Vec<Rule>) -> Flag {
    let variant = |key: &str, enabled: bool| Variant {
        key: Some(key.into()),
        value: enabled.into(),
        metadata: None,
        enabled,
    };
    let mut rules = rules;
    rules.push(rule(Condition::Always, Serve::Variant(0)));
    Flag {
        key: key.into(),
        variants: vec![variant("off", false), variant("on", true)],
        rules,
        version: None,
        metadata: None,
    }
}

pub(crate) fn rule(when: Condition, serve: Serve) -> Rule {
    Rule { id: None, label: None, when, serve, reason: Reason::TargetingMatch }
}

/// On for whom this holds.
pub(crate) fn on_when(when: Condition) -> Vec<Rule> {
    vec![rule(when, Serve::Variant(1))]
}

pub(crate) fn segment(key: &str, when: Condition) -> Segment {
    Segment { key: key.into(), when }
}

pub(crate) fn in_segment(key: &str) -> Condition {
    Condition::InSegment(key.into())
}

pub(crate) fn needs(flag: &str) -> Condition {
    Condition::Prerequisite(Prerequisite::enabled(flag))
}

pub(crate) fn test(attribute: &str, operator: Operator) -> Condition {
    Condition::Test(Test {
        lookup: Lookup::Name(attribute.into()),
        operator,
        case: Case::Sensitive,
        reads: Readings { number: NumberReading::InText, ..Readings::STRICT },
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    })
}

pub(crate) fn one_of(attribute: &str, texts: &[&str]) -> Condition {
    test(attribute, Operator::OneOf(texts.iter().map(|text| Value::from(*text)).collect()))
}

/// MD5 of `<salt>:<targeting key>`, 0 to 9,999.
pub(crate) fn bucketing(salt: &str) -> Bucketing {
    Bucketing {
        hash: Hash::Md5 { bits: 128 },
        input: vec![Part::Text(format!("{salt}:")), Part::Subject],
        reads: TextReading::Json,
        units: Units::Utf8,
        scale: Scale::modulo(10_000),
    }
}

pub(crate) fn inside(salt: &str, below: f64) -> Condition {
    Condition::from(Bucket {
        subject: Lookup::TargetingKey,
        bucketing: bucketing(salt),
        ranges: vec![(0.0, below)],
        when_missing: false,
    })
}

/// The shares in ten-thousandths, one variant after the other.
pub(crate) fn split(salt: &str, shares: &[(usize, f64)]) -> Serve {
    let mut from = 0.0;
    let ranges = shares.iter().map(|(variant, share)| {
        let range = Range { from, to: from + share, variant: *variant };
        from = range.to;
        range
    });
    Serve::from(Split {
        subject: Lookup::TargetingKey,
        bucketing: bucketing(salt),
        ranges: ranges.collect(),
        when_missing: Box::new(Serve::Default),
        unassigned: Box::new(Serve::Default),
    })
}

pub(crate) fn document(flags: Vec<Flag>, segments: Vec<Segment>) -> Document {
    Document { flags, segments, ..Document::default() }
}

pub(crate) const WORLD: Fixed = Fixed::at(Timestamp::EPOCH);

pub(crate) fn resolve<'s>(
    snapshot: &'s Snapshot,
    key: &str,
    context: &impl Attributes,
) -> Result<Resolution<'s>, ErrorCode> {
    snapshot.resolve(key, context, &WORLD, &mut ())
}

/// On, off, or the error.
pub(crate) fn is_on(
    snapshot: &Snapshot,
    key: &str,
    context: &impl Attributes,
) -> Result<bool, ErrorCode> {
    resolve(snapshot, key, context).map(|found| found.is_enabled())
}
