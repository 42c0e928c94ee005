//! Does a value meet an operator?
//!
//! Three answers: it does, it does not, or it cannot be read as what the operator
//! needs (`None`). What the third means is up to the test.

use std::net::IpAddr;

use regex_automata::{Anchored, Input};
use semver::{BuildMetadata, Prerelease, Version};

use crate::bucketing::with_text;
use crate::document::{Order, Readings, TimeSpan};
use crate::semantic_version::SemanticVersion;
use crate::snapshot::condition::{Check, Network, Operands, Pattern, Test, Texts};
use crate::text::Case;
use crate::timestamp::Timestamp;
use crate::value::{Number, Value, ValueRef};

impl Check {
    #[inline]
    pub(super) fn meets(&self, value: ValueRef<'_>, test: &Test) -> Option<bool> {
        match self {
            Self::Exists => Some(true),
            Self::OneOf(operands) => Some(operands.hold(value, test.case)),
            Self::TextOneOf(set) => Some(with_text(value, |text| set.contains(text))),
            Self::Contains(operands) => operands.are_in(value, test.case),
            Self::StartsWith(prefixes) => text(value, test.reads, |text| {
                prefixes.iter().any(|prefix| test.case.starts_with(text, prefix))
            }),
            Self::EndsWith(suffixes) => text(value, test.reads, |text| {
                suffixes.iter().any(|suffix| test.case.ends_with(text, suffix))
            }),
            Self::Matches(patterns) => {
                text(value, test.reads, |text| patterns.iter().any(|p| p.matches_start(text)))
            }
            Self::Number(order, operands) => {
                let number = number(value, test.reads)?;
                Some(operands.iter().any(|operand| order.holds(&number, operand)))
            }
            Self::Version(order, operands) => {
                let version = version(value)?;
                let operands = operands.iter().filter_map(|text| SemanticVersion::parse(text));
                Some(operands.into_iter().any(|operand| order.holds(&version, &operand)))
            }
            Self::VersionMatches(requirements) => {
                let version = full_version(version(value)?)?;
                Some(requirements.iter().any(|requirement| requirement.matches(&version)))
            }
            Self::Time(order, operands) => {
                let time = time(value)?;
                Some(operands.iter().any(|operand| order.holds(&time, operand)))
            }
            Self::TimeOfDay(spans) => {
                let second = time(value)?.second_of_day();
                Some(spans.iter().any(|span| span.contains(second)))
            }
            Self::Weekday(days) => Some(days.contains(&time(value)?.weekday())),
            Self::InNetwork(networks) => {
                let address = address(value)?;
                Some(networks.iter().any(|network| network.contains(address)))
            }
        }
    }
}

impl Operands {
    /// Whether the value, or an element of it if it is a list, equals an operand.
    #[inline]
    fn hold(&self, value: ValueRef<'_>, case: Case) -> bool {
        match value {
            ValueRef::String(text) => self.hold_text(text, case),
            ValueRef::List(list) => list.iter().any(|element| self.hold_one(element, case)),
            other => self.hold_one(other, case),
        }
    }

    fn hold_one(&self, value: ValueRef<'_>, case: Case) -> bool {
        match value {
            ValueRef::String(text) => self.hold_text(text, case),
            other => self.others.iter().any(|operand| equal(other, operand, case)),
        }
    }

    #[inline]
    fn hold_text(&self, text: &str, case: Case) -> bool {
        match &self.texts {
            Texts::Few(texts) => texts.iter().any(|operand| case.equal(text, operand)),
            Texts::Many(set) => set.contains(text),
        }
    }

    /// Whether text has an operand inside, or a list has one as an element.
    fn are_in(&self, value: ValueRef<'_>, case: Case) -> Option<bool> {
        match (value, &self.texts) {
            (ValueRef::String(text), Texts::Few(parts)) => {
                Some(parts.iter().any(|part| case.contains(text, part)))
            }
            (ValueRef::String(text), Texts::Many(parts)) => {
                Some(parts.iter().any(|part| case.contains(text, part)))
            }
            (ValueRef::List(_), _) => Some(self.hold(value, case)),
            _ => None,
        }
    }
}

impl Pattern {
    fn matches_start(&self, text: &str) -> bool {
        self.regex.is_match(Input::new(text).anchored(Anchored::Yes))
    }
}

impl Order {
    #[inline]
    fn holds<V: PartialOrd>(self, value: &V, operand: &V) -> bool {
        match self {
            Self::Equal => value == operand,
            Self::Less => value < operand,
            Self::LessOrEqual => value <= operand,
            Self::Greater => value > operand,
            Self::GreaterOrEqual => value >= operand,
        }
    }
}

impl TimeSpan {
    fn contains(self, second: u32) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&second)
        } else {
            second >= self.from || second < self.to
        }
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let (bits, is_v6) = match address {
            IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, false),
            IpAddr::V6(address) => (u128::from(address), true),
        };
        self.is_v6 == is_v6 && bits & self.mask == self.address
    }
}

/// Same kind and equal; integers and floats compare as numbers.
fn equal(value: ValueRef<'_>, operand: &Value, case: Case) -> bool {
    match (value, operand) {
        (ValueRef::Null, Value::Null) => true,
        (ValueRef::Boolean(value), Value::Boolean(operand)) => value == *operand,
        (ValueRef::String(value), Value::String(operand)) => case.equal(value, operand),
        (ValueRef::List(list), Value::List(operands)) => {
            list.iter().count() == operands.len()
                && list
                    .iter()
                    .zip(operands.iter())
                    .all(|(value, operand)| equal(value, operand, case))
        }
        (ValueRef::Structure(attributes), Value::Structure(operand)) => {
            let mut count = 0;
            attributes.each_attribute(&mut |_, _| count += 1);
            let has = |(name, operand): (&str, &Value)| {
                attributes.attribute(name).is_some_and(|value| equal(value, operand, case))
            };
            count == operand.len() && operand.iter().all(has)
        }
        _ => match (strict_number(value), strict_number(operand.borrow())) {
            (Some(value), Some(operand)) => value == operand,
            _ => false,
        },
    }
}

#[inline]
fn text(value: ValueRef<'_>, reads: Readings, meets: impl FnOnce(&str) -> bool) -> Option<bool> {
    match (value, reads) {
        (ValueRef::String(text), _) => Some(meets(text)),
        (other, Readings::AnythingAsText) => Some(with_text(other, meets)),
        _ => None,
    }
}

#[inline]
fn number(value: ValueRef<'_>, reads: Readings) -> Option<Number> {
    match (value, reads) {
        (ValueRef::String(text), Readings::NumbersInText) => Number::parse(text),
        (value, _) => strict_number(value),
    }
}

fn strict_number(value: ValueRef<'_>) -> Option<Number> {
    match value {
        ValueRef::Integer(value) => Some(value.into()),
        ValueRef::Unsigned(value) => Some(value.into()),
        ValueRef::Float(value) => Some(Number::Float(value)),
        _ => None,
    }
}

fn version(value: ValueRef<'_>) -> Option<SemanticVersion<'_>> {
    match value {
        ValueRef::String(text) => SemanticVersion::parse(text),
        _ => None,
    }
}

/// The version as the crate `semver` holds it; labels up to eight bytes need no allocation.
fn full_version(version: SemanticVersion<'_>) -> Option<Version> {
    let [major, minor, patch] = version.numbers();
    let pre = Prerelease::new(version.label()).ok()?;
    Some(Version { major, minor, patch, pre, build: BuildMetadata::EMPTY })
}

fn time(value: ValueRef<'_>) -> Option<Timestamp> {
    match value {
        ValueRef::String(text) => Timestamp::parse(text),
        #[expect(clippy::cast_precision_loss, reason = "seconds of any calendar fit a float")]
        ValueRef::Integer(seconds) => Timestamp::from_unix_seconds(seconds as f64),
        ValueRef::Float(seconds) => Timestamp::from_unix_seconds(seconds),
        _ => None,
    }
}

fn address(value: ValueRef<'_>) -> Option<IpAddr> {
    match value {
        ValueRef::String(text) => text.parse().ok(),
        _ => None,
    }
}
