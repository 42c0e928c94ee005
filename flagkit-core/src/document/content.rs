//! Contents as hashes: whether two parts of documents say the same.
//!
//! All parts of a document implement [`Hash`]. Where there are floats the implementations stand
//! here: floats count by their bits. So what hashes alike says the same, down to the sign of a
//! zero; but numbers that compare as equal, such as `1` and `1.0`, need not hash alike.

use std::fmt::{self, Write};
use std::hash::{BuildHasher, Hash, Hasher};
use std::mem::discriminant;
use std::sync::LazyLock;

use hashbrown::DefaultHashBuilder;

use super::condition::{Bucket, Operator, Ramp};
use super::operand::{ByKind, ForeignPattern};
use crate::bucketing::{Division, Scale};
use crate::value::{Number, Value};

/// A number for what a part of a document says, such as a flag; two contents share one with a
/// probability of about 2⁻⁶⁴. It means nothing to other processes.
///
/// ```
/// use flagkit_core::document::{fingerprint, Flag};
/// use flagkit_core::ErrorCode;
///
/// let flag = |key: &str| Flag::broken(key.into(), ErrorCode::General);
/// assert_eq!(fingerprint(&flag("a")), fingerprint(&flag("a")));
/// assert_ne!(fingerprint(&flag("a")), fingerprint(&flag("b")));
/// ```
pub fn fingerprint(part: &(impl Hash + ?Sized)) -> u64 {
    // One seed for the whole process, so that fingerprints of different times can be compared.
    static SEED: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);
    SEED.hash_one(part)
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Boolean(value) => value.hash(state),
            Self::Integer(value) => value.hash(state),
            Self::Unsigned(value) => value.hash(state),
            Self::Float(value) => float(*value, state),
            Self::String(text) => text.hash(state),
            Self::List(items) => items.hash(state),
            Self::Structure(structure) => structure.hash(state),
        }
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        discriminant(self).hash(state);
        match self {
            Self::Integer(value) => value.hash(state),
            Self::Float(value) => float(*value, state),
        }
    }
}

impl Hash for Scale {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { absolute_32, reduce, offset, divide, multiply, repeat_at } = self;
        (absolute_32, reduce, offset, divide).hash(state);
        float(*multiply, state);
        repeat_at.map(f64::to_bits).hash(state);
    }
}

impl Hash for Division {
    fn hash<H: Hasher>(&self, state: &mut H) {
        discriminant(self).hash(state);
        match self {
            Self::Double(by) => float(*by, state),
            Self::Single(by) => by.to_bits().hash(state),
        }
    }
}

impl Hash for Bucket {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { subject, bucketing, ranges, when_missing } = self;
        (subject, bucketing, when_missing, ranges.len()).hash(state);
        for (from, to) in ranges {
            (from.to_bits(), to.to_bits()).hash(state);
        }
    }
}

impl Hash for Ramp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { subject, bucketing, clock, start, end, first, last, when_missing } = self;
        (subject, bucketing, clock, start, end, when_missing).hash(state);
        (first.to_bits(), last.to_bits()).hash(state);
    }
}

impl Hash for ByKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { boolean, integer, float, text } = self;
        (boolean, integer, float.map(f64::to_bits), text).hash(state);
    }
}

impl Hash for Operator {
    fn hash<H: Hasher>(&self, state: &mut H) {
        discriminant(self).hash(state);
        match self {
            Self::Exists => {}
            Self::OneOf(values) | Self::Contains(values) => values.hash(state),
            Self::TextOneOf(texts)
            | Self::TextContains(texts)
            | Self::StartsWith(texts)
            | Self::EndsWith(texts)
            | Self::VersionMatches(texts)
            | Self::InNetwork(texts)
            | Self::ElementOneOf(texts) => texts.hash(state),
            Self::DigestOneOf(digests) => digests.hash(state),
            Self::Set(relation, texts) => (relation, texts).hash(state),
            Self::TextOrder(order, texts)
            | Self::Version(order, texts)
            | Self::LenientVersion(order, texts) => (order, texts).hash(state),
            Self::Matches(patterns, search) => (patterns, search).hash(state),
            Self::Number(order, numbers) => (order, numbers).hash(state),
            Self::Modulo { divisor, remainder } => {
                (divisor.to_bits(), remainder.to_bits()).hash(state);
            }
            Self::SameKind(order, operand) => (order, operand).hash(state),
            Self::MatchesForeign(pattern) => pattern.hash(state),
            Self::NumberNear { targets, tolerance } => {
                (targets.len(), tolerance.to_bits()).hash(state);
                for target in targets {
                    float(*target, state);
                }
            }
            Self::Dotted(order, version) => (order, version).hash(state),
            Self::Time(order, times) => (order, times).hash(state),
            Self::TimeOfDay(spans) => spans.hash(state),
            Self::Weekday(days) => days.hash(state),
            Self::Script(script) => script.hash(state),
            #[cfg(feature = "sha")]
            Self::Salted(digests) => digests.hash(state),
        }
    }
}

/// By its debug form: nothing else of it is known.
impl Hash for dyn ForeignPattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Writing into a hasher cannot fail.
        let _ = write!(Printed(state), "{self:?}");
        state.write_u8(0xff);
    }
}

struct Printed<'h, H>(&'h mut H);

impl<H: Hasher> Write for Printed<'_, H> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

fn float(value: f64, state: &mut impl Hasher) {
    value.to_bits().hash(state);
}
