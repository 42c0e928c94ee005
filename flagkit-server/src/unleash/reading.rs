//! From a flag to a feature: strategies in order, each with conditions that must all hold.

use flagkit_core::document::{Accepts, Bucket, Condition, Failing, Flag, Serve, Split, Variant};
use flagkit_core::{Reason, Value};

use super::normal::{Alternatives, Beside, alternatives, both, bucket, negated};
use super::payload::{Payload, payload};
use super::writing::ends;

/// A feature as Unleash has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Feature {
    pub(super) name: String,
    /// None: it is off.
    pub(super) strategies: Vec<Strategy>,
    /// Features that must be on first.
    pub(super) parents: Vec<String>,
    /// Whether SDKs tell of evaluations.
    pub(super) has_impressions: bool,
}

/// Who gets what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Strategy {
    /// All of these must hold.
    pub(super) when: Vec<Condition>,
    /// The variant that they get, if there is one.
    pub(super) variant: Option<NamedVariant>,
}

/// A variant with what it carries.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamedVariant {
    pub(super) name: String,
    pub(super) payload: Option<Payload>,
}

/// Reads a flag.
///
/// # Errors
///
/// What Unleash cannot say, in words.
pub(super) fn feature(flag: &Flag, beside: Beside<'_>) -> Result<Feature, String> {
    let mut reader = Reader {
        flag,
        beside,
        // Whom no rule has switched off yet.
        left: vec![Vec::new()],
        strategies: Vec::new(),
        parents: Vec::new(),
    };
    for place in 0..flag.rules.len() {
        if reader.rule(place)? == Goes::NoFurther {
            break;
        }
    }
    let Reader { strategies, parents, .. } = reader;
    Ok(Feature {
        name: flag.key.clone(),
        parents: if strategies.is_empty() { Vec::new() } else { parents },
        strategies,
        has_impressions: has_impressions(flag),
    })
}

/// Whether rules behind one can still decide.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Goes {
    On,
    NoFurther,
}

struct Reader<'f> {
    flag: &'f Flag,
    beside: Beside<'f>,
    left: Alternatives,
    strategies: Vec<Strategy>,
    parents: Vec<String>,
}

/// What a rule does, as far as Unleash can do it.
enum Does<'f> {
    SwitchOff,
    Serve(Option<NamedVariant>),
    /// On for those inside a percentage.
    Within(&'f Bucket, Option<NamedVariant>, Outside),
    GoOn,
}

/// What those outside a percentage get.
#[derive(Clone, Copy, PartialEq)]
enum Outside {
    IsOff,
    GoesOn,
}

impl Reader<'_> {
    fn rule(&mut self, place: usize) -> Result<Goes, String> {
        let flag = self.flag;
        let Some(rule) = flag.rules.get(place) else { return Ok(Goes::NoFurther) };
        if let Some(parent) = parent(&rule.when, rule.reason) {
            return self.needs(parent?, &rule.serve);
        }
        let when = alternatives(&rule.when, self.beside, 0)?;
        if when.is_empty() {
            return Ok(Goes::On);
        }
        let is_for_all = when.iter().any(Vec::is_empty);
        match does(&rule.serve, flag)? {
            Does::GoOn => return Ok(Goes::On),
            Does::SwitchOff if is_for_all => {}
            Does::SwitchOff => self.left = both(&self.left, &negated(&when)?)?,
            Does::Serve(variant) => self.serve(&when, variant.as_ref())?,
            Does::Within(percentage, variant, outside) => {
                let inside = vec![vec![bucket(percentage, self.beside)?.into()]];
                self.serve(&both(&when, &inside)?, variant.as_ref())?;
                if outside == Outside::GoesOn {
                    return Ok(Goes::On);
                }
                if !is_for_all && self.may_be_on_after(place) {
                    let why = "those outside a rule's percentage are off, whatever comes after";
                    return Err(why.to_owned());
                }
                return Ok(Goes::NoFurther);
            }
        }
        Ok(if is_for_all { Goes::NoFurther } else { Goes::On })
    }

    fn serve(&mut self, when: &Alternatives, variant: Option<&NamedVariant>) -> Result<(), String> {
        for mut when in both(&self.left, when)? {
            // Unleash looks at a strategy's percentage first.
            when.sort_by_key(|condition| !matches!(condition, Condition::InBucket(_)));
            self.strategies.push(Strategy { when, variant: variant.cloned() });
        }
        Ok(())
    }

    fn needs(&mut self, parent: String, serve: &Serve) -> Result<Goes, String> {
        if !matches!(does(serve, self.flag)?, Does::SwitchOff) {
            return Err(format!("without `{parent}` it serves something"));
        }
        if !self.strategies.is_empty() {
            return Err(format!("some get it without `{parent}`, which it needs for others"));
        }
        self.parents.push(parent);
        Ok(Goes::On)
    }

    /// Whether a rule behind this one serves anybody something.
    fn may_be_on_after(&self, place: usize) -> bool {
        let rest = self.flag.rules.iter().skip(place + 1);
        rest.map(|rule| does(&rule.serve, self.flag))
            .any(|does| !matches!(does, Ok(Does::SwitchOff | Does::GoOn)))
    }
}

/// The flag that a rule asks for, if it asks for one: it must be on.
fn parent(when: &Condition, reason: Reason) -> Option<Result<String, String>> {
    let Condition::Not(inner) = when else { return None };
    let Condition::Prerequisite(wanted) = &**inner else { return None };
    let is_plain = wanted.accepts == Accepts::Anything
        && !wanted.when_disabled
        && wanted.when_failing == Failing::NotAccepted
        && reason == Reason::PrerequisiteFailed;
    Some(if is_plain {
        Ok(wanted.flag.clone())
    } else {
        Err(format!("it needs certain variants of `{}`", wanted.flag))
    })
}

fn does<'f>(serve: &'f Serve, flag: &'f Flag) -> Result<Does<'f>, String> {
    match serve {
        Serve::Variant(place) => variant(flag, *place),
        Serve::Split(split) => match only_variant(split) {
            Some(place) => variant(flag, place),
            None => Err("a bucket chooses its variant, by a hash that is not Unleash's".to_owned()),
        },
        Serve::Within { bucket, inside, outside } => {
            let outside = match does(outside, flag)? {
                Does::SwitchOff => Outside::IsOff,
                Does::GoOn => Outside::GoesOn,
                _ => return Err("those outside a percentage get something, too".to_owned()),
            };
            match does(inside, flag)? {
                Does::Serve(variant) => Ok(Does::Within(bucket, variant, outside)),
                _ => Err("those inside a percentage get what Unleash cannot say".to_owned()),
            }
        }
        Serve::NextRule => Ok(Does::GoOn),
        Serve::Error(_) => Err("it is broken".to_owned()),
        Serve::Default => Err("it serves the caller's default".to_owned()),
        _ => Err("it serves what Unleash cannot say".to_owned()),
    }
}

fn variant(flag: &Flag, place: usize) -> Result<Does<'_>, String> {
    let Some(variant) = flag.variants.get(place) else { return Err("it is broken".to_owned()) };
    if !variant.enabled {
        return Ok(Does::SwitchOff);
    }
    named(variant).map(Does::Serve)
}

fn named(variant: &Variant) -> Result<Option<NamedVariant>, String> {
    match &variant.key {
        Some(name) => {
            let payload = payload(variant);
            Ok(Some(NamedVariant { name: name.to_string(), payload }))
        }
        None if variant.value == Value::Boolean(true) => Ok(None),
        None => Err("it serves a value without a name".to_owned()),
    }
}

/// The variant of a split that has one for every bucket.
fn only_variant(split: &Split) -> Option<usize> {
    let [range] = split.ranges.as_slice() else { return None };
    let (first, beyond) = ends(&split.bucketing)?;
    (range.from <= first && beyond <= range.to).then_some(range.variant)
}

fn has_impressions(flag: &Flag) -> bool {
    let told = flag.metadata.as_ref().and_then(|metadata| metadata.get("impressionData"));
    told.and_then(Value::as_bool).unwrap_or(false)
}
