//! Versions in a wider language than SemVer, borrowed from their text.

use std::cmp::Ordering;

use crate::document::Order;
use crate::semantic_version::by_identifiers;
use crate::value::{Number, ValueRef};

/// A version `major.minor.patch`, with a label and build metadata perhaps, read leniently.
///
/// * The three numbers are read by [`Number::parse_integer`]: `01.2.3` is `1.2.3`.
/// * A label begins at the first `-` and build metadata at the first `+`; neither may be empty,
///   and anything may stand in them.
/// * Identifiers of a label are parted by dots. Zeros in front of numeric ones count for nothing.
/// * Two versions are equal if all of this is, build metadata included; no order looks at that.
/// * Numeric identifiers compare as numbers with each other and as text with others.
///
/// ```
/// use flagkit_core::LenientVersion;
/// use flagkit_core::document::Order;
///
/// let version = LenientVersion::parse("1.02.3-rc.01+b").unwrap();
/// let same_rank = LenientVersion::parse("1.2.3-rc.1").unwrap();
/// assert!(version.is(Order::LessOrEqual, &same_rank) && version.is(Order::GreaterOrEqual, &same_rank));
/// assert!(!version.is(Order::Equal, &same_rank));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LenientVersion<'a> {
    numbers: [u64; 3],
    label: Option<&'a str>,
    build: &'a str,
}

impl<'a> LenientVersion<'a> {
    /// The version that this text is; `None` if it is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (text, build) = part(text, '+')?;
        let (core, label) = part(text, '-')?;
        let mut parts = core.split('.').map(number);
        let numbers = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(Self { numbers, label, build: build.unwrap_or_default() })
    }

    /// The same for a value; only text can be a version.
    pub(crate) fn read(value: ValueRef<'a>) -> Option<Self> {
        match value {
            ValueRef::String(text) => Self::parse(text),
            _ => None,
        }
    }

    /// Whether this version stands in this order to the other.
    pub fn is(&self, order: Order, other: &Self) -> bool {
        let rank = self.rank(other);
        match order {
            Order::Equal => rank.is_eq() && self.build == other.build,
            Order::Less => rank.is_lt(),
            Order::LessOrEqual => rank.is_le(),
            Order::Greater => rank.is_gt(),
            Order::GreaterOrEqual => rank.is_ge(),
        }
    }

    /// A release comes after its pre-releases.
    fn rank(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (self.label, other.label) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(mine), Some(theirs)) => by_identifiers(mine, theirs, compare_identifiers),
        })
    }
}

/// What is before the separator and, if it is there, behind it; `None` if that is nothing.
fn part(text: &str, separator: char) -> Option<(&str, Option<&str>)> {
    match text.split_once(separator) {
        None => Some((text, None)),
        Some((_, "")) => None,
        Some((before, behind)) => Some((before, Some(behind))),
    }
}

fn number(text: &str) -> Option<u64> {
    match Number::parse_integer(text)? {
        Number::Integer(value) => value.try_into().ok(),
        Number::Float(_) => None,
    }
}

fn compare_identifiers(left: &str, right: &str) -> Ordering {
    match (digits(left), digits(right)) {
        (Some(left), Some(right)) => left.len().cmp(&right.len()).then_with(|| left.cmp(right)),
        (mine, theirs) => mine.unwrap_or(left).cmp(theirs.unwrap_or(right)),
    }
}

/// The digits of a numeric identifier without zeros in front.
fn digits(text: &str) -> Option<&str> {
    let is_numeric = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_numeric.then(|| match text.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    })
}

#[cfg(test)]
mod tests;
