//! Conditions in one form, so that two that mean the same for Unleash's contexts are equal.
//!
//! All attributes of such a context are text, and the user is `userId`. What makes no difference
//! then is made equal; what makes one stays as it is.

use std::collections::HashMap;

use flagkit_core::document::{
    Bucket, Condition, Lookup, Operator, Readings, Test, TextReading, Unreadable,
};
use flagkit_core::{Bucketing, Case, Part, Value};

/// What is known beside a flag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside<'a> {
    /// Segments by key.
    pub(super) segments: &'a HashMap<&'a str, &'a Condition>,
    /// What the flags call the user, beside `userId`.
    pub(super) names_of_users: &'a [&'a str],
}

/// Alternatives, each of conditions that must all hold.
pub(super) type Alternatives = Vec<Vec<Condition>>;

/// A condition as alternatives.
///
/// # Errors
///
/// What cannot be said so, in words.
pub(super) fn alternatives(
    condition: &Condition,
    beside: Beside<'_>,
    depth: usize,
) -> Result<Alternatives, String> {
    if depth > DEPTH_MAX {
        return Err("its conditions nest too deeply".to_owned());
    }
    match condition {
        Condition::Always => Ok(vec![Vec::new()]),
        Condition::All(all) => all.iter().try_fold(vec![Vec::new()], |so_far, condition| {
            both(&so_far, &alternatives(condition, beside, depth + 1)?)
        }),
        Condition::Any(any) => {
            let mut all = Vec::new();
            for condition in any {
                all.extend(alternatives(condition, beside, depth + 1)?);
            }
            bounded(all)
        }
        Condition::Not(inner) => negated(&alternatives(inner, beside, depth + 1)?),
        Condition::InSegment(key) => match beside.segments.get(&**key) {
            Some(when) => alternatives(when, beside, depth + 1),
            None => Err(format!("there is no segment `{key}`")),
        },
        Condition::Test(test) => Ok(vec![vec![Condition::Test(self::test(test, beside)?)]]),
        Condition::InBucket(bucket) => Ok(vec![vec![self::bucket(bucket, beside)?.into()]]),
        Condition::Prerequisite(other) => {
            Err(format!("a condition asks for the flag `{}`", other.flag))
        }
        Condition::InRamp(_) => Err("a percentage grows with time".to_owned()),
        _ => Err("a condition is none that Unleash has".to_owned()),
    }
}

/// Alternatives that hold where both of these do.
pub(super) fn both(left: &Alternatives, right: &Alternatives) -> Result<Alternatives, String> {
    let pairs = left.iter().flat_map(|one| right.iter().map(move |other| (one, other)));
    bounded(pairs.map(|(one, other)| [one.as_slice(), other.as_slice()].concat()).collect())
}

/// Alternatives that hold where these do not.
pub(super) fn negated(alternatives: &Alternatives) -> Result<Alternatives, String> {
    // None of them holds: of each, one of its conditions does not.
    alternatives.iter().try_fold(vec![Vec::new()], |so_far, all| {
        let one_not: Result<Alternatives, String> =
            all.iter().map(|condition| Ok(vec![opposite(condition)?])).collect();
        both(&so_far, &one_not?)
    })
}

fn opposite(condition: &Condition) -> Result<Condition, String> {
    match condition {
        Condition::Test(test) => Ok(Condition::Test(Test {
            negate: !test.negate,
            when_missing: !test.when_missing,
            ..test.clone()
        })),
        _ => Err("those outside a percentage are asked for".to_owned()),
    }
}

fn bounded(alternatives: Alternatives) -> Result<Alternatives, String> {
    if alternatives.len() > ALTERNATIVES_MAX {
        return Err(format!("it comes to more than {ALTERNATIVES_MAX} strategies"));
    }
    Ok(alternatives)
}

/// A test of text.
fn test(test: &Test, beside: Beside<'_>) -> Result<Test, String> {
    let mut test = test.clone();
    let texts = |values: &[Value]| -> Vec<String> {
        values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let operator = match &test.operator {
        // Text equals nothing but text.
        Operator::OneOf(values) => Operator::TextOneOf(texts(values)),
        Operator::Contains(values) => Operator::TextContains(texts(values)),
        other => other.clone(),
    };
    let is_of_text = matches!(
        operator,
        Operator::TextOneOf(_)
            | Operator::TextContains(_)
            | Operator::StartsWith(_)
            | Operator::EndsWith(_)
    );
    if is_of_text {
        if test.case != Case::Sensitive {
            return Err("text is compared without case, which Unleash does differently".to_owned());
        }
        // Text can be read as text in every way, and has no elements.
        test.reads = Readings::default();
        test.when_unreadable = Unreadable::DoesNotMeet;
        test.when_malformed = None;
    } else {
        test.reads = Readings { version: test.reads.version, ..Readings::default() };
    }
    let (lookup, fallback) = field(&test.lookup, beside);
    if let Some(fallback) = fallback {
        let Operator::TextOneOf(texts) = &operator else { return Err(anonymous()) };
        if texts.contains(&fallback) {
            return Err(anonymous());
        }
        test.when_missing = test.negate;
    }
    Ok(Test { lookup, operator, ..test })
}

/// A percentage.
pub(super) fn bucket(bucket: &Bucket, beside: Beside<'_>) -> Result<Bucket, String> {
    let (subject, fallback) = field(&bucket.subject, beside);
    let mut bucket = Bucket { subject, ..bucket.clone() };
    if let Some(fallback) = fallback {
        let prepared = bucket.bucketing.prepare();
        let place = prepared.bucket(fallback.as_str().into());
        let is_inside =
            |place: f64| bucket.ranges.iter().any(|(from, to)| *from <= place && place < *to);
        if place.is_none_or(is_inside) {
            return Err(anonymous());
        }
        // Whoever has no id is outside here, and outside there.
        bucket.when_missing = false;
    }
    bucket.bucketing = bucketing(&bucket.bucketing);
    count_from_zero(&mut bucket);
    Ok(bucket)
}

/// Buckets from 1 with bounds from 1 are buckets from 0 with bounds from 0.
fn count_from_zero(bucket: &mut Bucket) {
    let scale = &mut bucket.bucketing.scale;
    let is_plain = scale.divide.is_none() && scale.multiply == 1.0;
    if let (true, Ok(offset)) = (is_plain, u32::try_from(scale.offset)) {
        scale.offset = 0;
        for (from, to) in &mut bucket.ranges {
            *from -= f64::from(offset);
            *to -= f64::from(offset);
        }
    }
}

/// The recipe with neighbouring texts as one.
fn bucketing(recipe: &Bucketing) -> Bucketing {
    let mut input: Vec<Part> = Vec::new();
    for part in &recipe.input {
        match (input.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text)) => before.push_str(text),
            _ => input.push(part.clone()),
        }
    }
    Bucketing { input, reads: TextReading::default(), ..recipe.clone() }
}

/// Where the value is found, and the text that stands in where it is not.
fn field(lookup: &Lookup, beside: Beside<'_>) -> (Lookup, Option<String>) {
    let mut chain = Vec::new();
    flatten(lookup, beside, &mut chain);
    chain.dedup();
    let fallback = match chain.last() {
        Some(Lookup::Constant(Value::String(text))) => Some(text.to_string()),
        _ => None,
    };
    if fallback.is_some() {
        chain.pop();
    }
    match (chain.len(), chain.pop()) {
        (1, Some(only)) => (only, fallback),
        (_, last) => (Lookup::FirstOf(chain.into_iter().chain(last).collect()), fallback),
    }
}

fn flatten(lookup: &Lookup, beside: Beside<'_>, chain: &mut Vec<Lookup>) {
    match lookup {
        Lookup::FirstOf(all) => {
            for lookup in all {
                flatten(lookup, beside, chain);
            }
        }
        Lookup::TargetingKey => chain.push(Lookup::Name(USER_ID.to_owned())),
        Lookup::Name(name) if beside.names_of_users.contains(&&**name) => {
            chain.push(Lookup::Name(USER_ID.to_owned()));
        }
        // There are no objects to walk into.
        Lookup::Dotted(name) => chain.push(Lookup::Name(name.clone())),
        other => chain.push(other.clone()),
    }
}

fn anonymous() -> String {
    "who has no id counts as `anonymous`, which Unleash does not do".to_owned()
}

pub(super) const USER_ID: &str = "userId";
const ALTERNATIVES_MAX: usize = 32;
const DEPTH_MAX: usize = 32;
