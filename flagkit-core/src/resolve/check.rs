//! Does a value meet an operator?
//!
//! Three answers: it does, it does not, or it cannot be read as what the operator
//! needs (`None`). What the third means is up to the test.

use std::net::IpAddr;

use regex_automata::{Anchored, Input};
use semver::{BuildMetadata, Prerelease, Version};

use crate::digest::Digest;
use crate::document::{ListReading, Order, Search, TimeSpan};
use crate::lenient_version::LenientVersion;
use crate::reading::{any_text, number};
use crate::semantic_version::SemanticVersion;
use crate::snapshot::condition::{Check, Matcher, Network, Operands, Pattern, Test, Texts};
use crate::text::Case;
use crate::timestamp::Timestamp;
use crate::value::{Number, Value, ValueRef};

mod dotted;
mod kind;
mod set;

impl Test {
    /// Whether a value meets the operator; `None` if it cannot be read as what that needs.
    #[inline]
    pub(super) fn meets(&self, value: &ValueRef<'_>) -> Option<bool> {
        match (self.reads.lists, value) {
            (ListReading::AnyElement, ValueRef::List(list)) => Some(list.iter().any(|element| {
                !matches!(element, ValueRef::List(_) | ValueRef::Structure(_) | ValueRef::Null)
                    && self.check.meets(&element, self) == Some(true)
            })),
            _ => self.check.meets(value, self),
        }
    }
}

impl Check {
    #[inline]
    fn meets(&self, value: &ValueRef<'_>, test: &Test) -> Option<bool> {
        match self {
            Self::Exists => Some(true),
            Self::OneOf(operands) => Some(operands.hold(value, test.case)),
            Self::Set(relation, set) => set::holds(*relation, set, *value, test.reads.lists),
            Self::TextOneOf(_)
            | Self::DigestOneOf(_)
            | Self::TextContains(_)
            | Self::TextOrder(..)
            | Self::StartsWith(_)
            | Self::EndsWith(_)
            | Self::Matches(..)
            | Self::MatchesForeign(_) => match value {
                ValueRef::String(text) if test.reads.text.keeps_text() => {
                    self.met_by_text(text, test.case)
                }
                other => self.met_by_reading(*other, test),
            },
            Self::Contains(operands) => operands.are_in(value, test.case),
            Self::Number(..) | Self::Modulo { .. } | Self::NumberNear { .. } => {
                self.met_by_number(test.reads.number.read(*value)?)
            }
            Self::SameKind(order, operand) => operand.compare(*order, *value),
            Self::Version(order, operands) => {
                let ValueRef::String(text) = value else { return None };
                // Not `?`: that moves the version, which takes longer than to compare it.
                let version = test.reads.version.parse(text);
                let version = version.as_ref()?;
                Some(operands.iter().any(|operand| order.holds(version, &operand.borrow())))
            }
            Self::LenientVersion(order, operands) => {
                let version = LenientVersion::read(*value)?;
                let operands = operands.iter().filter_map(|text| LenientVersion::parse(text));
                Some(operands.into_iter().any(|operand| version.is(*order, &operand)))
            }
            Self::Dotted(order, operand) => {
                test.reads.text.with(*value, |text| dotted::compare(*order, text, operand))?
            }
            Self::VersionMatches(requirements) => {
                let version = full_version(test.reads.version.read(*value)?)?;
                Some(requirements.iter().any(|requirement| requirement.matches(&version)))
            }
            Self::Time(..) | Self::TimeOfDay(_) | Self::Weekday(_) => {
                self.met_by_time(test.reads.time.read(*value)?)
            }
            Self::InNetwork(networks) => {
                let address = address(*value)?;
                Some(networks.iter().any(|network| network.contains(address)))
            }
            Self::Script(script) => Some(script.is_met_by(*value)),
            Self::ElementOneOf(set) => any_text(*value, |text| set.contains(text)),
            #[cfg(feature = "sha")]
            Self::Salted(digests) => digests.meets(*value, test.reads.text),
            Self::Malformed => None,
        }
    }

    /// The same for the operators that need text, of a value that is read as another text.
    #[inline(never)]
    fn met_by_reading(&self, value: ValueRef<'_>, test: &Test) -> Option<bool> {
        test.reads.text.with(value, |text| self.met_by_text(text, test.case))?
    }

    /// The same for the operators that need a number.
    #[inline]
    fn met_by_number(&self, number: Number) -> Option<bool> {
        Some(match self {
            Self::Number(order, operands) => {
                operands.iter().any(|operand| order.holds(&number, operand))
            }
            Self::Modulo { divisor, remainder } => kind::modulo(number, *divisor) == *remainder,
            Self::NumberNear { targets, tolerance } => {
                let number = number.to_float();
                targets.iter().any(|target| (number - target).abs() < *tolerance)
            }
            _ => return None,
        })
    }

    /// The same for the operators that need a time.
    #[inline]
    fn met_by_time(&self, time: Timestamp) -> Option<bool> {
        Some(match self {
            Self::Time(order, operands) => {
                operands.iter().any(|operand| order.holds(&time, operand))
            }
            Self::TimeOfDay(spans) => {
                let second = time.second_of_day();
                spans.iter().any(|span| span.contains(second))
            }
            Self::Weekday(days) => days.contains(&time.weekday()),
            _ => return None,
        })
    }

    /// The same for the operators that need text.
    #[inline]
    fn met_by_text(&self, text: &str, case: Case) -> Option<bool> {
        Some(match self {
            Self::TextOneOf(set) => set.contains(text),
            Self::DigestOneOf(digests) => digests.binary_search(&Digest::of(text)).is_ok(),
            Self::TextContains(parts) => parts.iter().any(|part| case.contains(text, part)),
            Self::TextOrder(order, texts) => {
                texts.iter().any(|operand| order.holds(&text, &operand.as_ref()))
            }
            Self::StartsWith(prefixes) => {
                prefixes.iter().any(|prefix| case.starts_with(text, prefix))
            }
            Self::EndsWith(suffixes) => suffixes.iter().any(|suffix| case.ends_with(text, suffix)),
            Self::Matches(patterns, search) => {
                patterns.iter().any(|pattern| pattern.matches(text, *search))
            }
            Self::MatchesForeign(pattern) => return pattern.matches(text),
            _ => return None,
        })
    }
}

impl Operands {
    /// Whether the value, or an element of it if it is a list, equals an operand.
    #[inline]
    fn hold(&self, value: &ValueRef<'_>, case: Case) -> bool {
        match value {
            ValueRef::String(text) => self.hold_text(text, case),
            ValueRef::List(list) => list.iter().any(|element| self.hold_one(&element, case)),
            other => self.hold_one(other, case),
        }
    }

    fn hold_one(&self, value: &ValueRef<'_>, case: Case) -> bool {
        match value {
            ValueRef::String(text) => self.hold_text(text, case),
            other => self.others.iter().any(|operand| equal(*other, operand, case)),
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
    fn are_in(&self, value: &ValueRef<'_>, case: Case) -> Option<bool> {
        match (value, &self.texts) {
            (ValueRef::String(text), Texts::Few(parts)) => {
                Some(parts.iter().any(|part| case.contains(text, part)))
            }
            (ValueRef::String(text), Texts::Many(parts)) => {
                Some(parts.any(|part| case.contains(text, part)))
            }
            (ValueRef::List(_), _) => Some(self.hold(value, case)),
            _ => None,
        }
    }
}

impl Pattern {
    pub(crate) fn matches(&self, text: &str, search: Search) -> bool {
        match (&self.matcher, search) {
            (Matcher::Plain(pattern), search) => pattern.matches(text, search == Search::AtStart),
            (Matcher::Engine(regex), Search::AtStart) => {
                regex.is_match(Input::new(text).anchored(Anchored::Yes))
            }
            (Matcher::Engine(regex), Search::Anywhere) => regex.is_match(text),
        }
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
pub(super) fn equal(value: ValueRef<'_>, operand: &Value, case: Case) -> bool {
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
        _ => match (number(value), number(operand.borrow())) {
            (Some(value), Some(operand)) => value == operand,
            _ => false,
        },
    }
}

/// The version as the crate `semver` holds it; labels up to eight bytes need no allocation.
fn full_version(version: SemanticVersion<'_>) -> Option<Version> {
    let [major, minor, patch] = version.numbers();
    let pre = Prerelease::new(version.label()).ok()?;
    Some(Version { major, minor, patch, pre, build: BuildMetadata::EMPTY })
}

fn address(value: ValueRef<'_>) -> Option<IpAddr> {
    match value {
        ValueRef::String(text) => text.parse().ok(),
        _ => None,
    }
}
