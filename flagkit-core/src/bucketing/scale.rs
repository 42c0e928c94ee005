//! From a hash to a bucket: the arithmetic that flag management systems use.

use std::fmt;

/// The steps from a hash to a bucket, applied in the order of the fields.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
#[expect(clippy::exhaustive_structs, reason = "plain data: a new field must be said everywhere")]
pub struct Scale {
    /// Read the low 32 bits as a signed integer and take its absolute value.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub absolute_32: bool,
    /// Bring the number into a range.
    pub reduce: Reduction,
    /// Add this: schemes that count from 1.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub offset: u64,
    /// Divide by this.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub divide: Option<Division>,
    /// Multiply with this.
    #[cfg_attr(
        feature = "serde",
        serde(default = "crate::serial::one", skip_serializing_if = "crate::serial::is_one")
    )]
    pub multiply: f64,
    /// If the bucket is exactly this, hash the input repeated twice, three times, ….
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub repeat_at: Option<f64>,
}

/// How a number is brought into a range.
#[derive(Clone, Copy, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum Reduction {
    /// It is used whole.
    None,
    /// The remainder of a division by this; 0 leaves the number whole.
    Modulo(u64),
    /// `(number × this) >> 32`: the high half of the product of two 32-bit numbers.
    HighOfProduct(u64),
}

/// A division in double or single precision.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "there are two precisions")]
pub enum Division {
    /// 64-bit floats.
    Double(f64),
    /// 32-bit floats: number and divisor are rounded before they are divided.
    Single(f32),
}

impl Scale {
    /// The remainder: `hash mod modulus`, from 0.
    pub const fn modulo(modulus: u64) -> Self {
        Self {
            absolute_32: false,
            reduce: Reduction::Modulo(modulus),
            offset: 0,
            divide: None,
            multiply: 1.0,
            repeat_at: None,
        }
    }

    /// The same with this added to every bucket.
    pub const fn plus(self, offset: u64) -> Self {
        Self { offset, ..self }
    }

    /// The scale as a remainder and an offset, if it is no more than that.
    pub(super) fn as_remainder(&self) -> Option<Remainder> {
        let is_plain = !self.absolute_32
            && self.divide.is_none()
            && self.multiply == 1.0
            && self.repeat_at.is_none();
        match self.reduce {
            Reduction::Modulo(modulus @ 1..) if is_plain => {
                Some(Remainder { modulus, offset: self.offset })
            }
            _ => None,
        }
    }

    /// The bucket of a hash, step by step.
    pub(super) fn bucket(&self, hash: u128) -> f64 {
        let number = if self.absolute_32 { absolute_32(hash) } else { hash };
        let number = match self.reduce {
            Reduction::Modulo(modulus) if modulus > 0 => u128::from(remainder(number, modulus)),
            Reduction::HighOfProduct(total) => number.wrapping_mul(u128::from(total)) >> 32,
            Reduction::Modulo(_) | Reduction::None => number,
        };
        let number = number.wrapping_add(u128::from(self.offset));
        match self.divide {
            None => to_double(number) * self.multiply,
            Some(Division::Double(by)) => to_double(number) / by * self.multiply,
            Some(Division::Single(by)) => f64::from(to_single(number) / by) * self.multiply,
        }
    }
}

/// A scale that is a remainder and an offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Remainder {
    modulus: u64,
    offset: u64,
}

impl Remainder {
    /// The first and the last bucket there is.
    pub(super) fn ends(self) -> (f64, f64) {
        let last = self.offset.saturating_add(self.modulus.saturating_sub(1));
        (to_double_64(self.offset), to_double_64(last))
    }

    /// The bucket of a hash.
    #[inline]
    pub(super) fn bucket(self, hash: u128) -> f64 {
        to_double_64(remainder(hash, self.modulus).wrapping_add(self.offset))
    }
}

/// `mod 10000` and the like, where the steps say no more than that.
impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reduce {
            Reduction::None => {}
            Reduction::Modulo(modulus) => write!(f, " mod {modulus}")?,
            Reduction::HighOfProduct(total) => write!(f, " · {total} >> 32")?,
        }
        if self.offset > 0 {
            write!(f, " + {}", self.offset)?;
        }
        match self.divide {
            Some(Division::Double(by)) => write!(f, " / {by}"),
            Some(Division::Single(by)) => write!(f, " / {by}"),
            None => Ok(()),
        }
    }
}

/// A 128-bit remainder in 64-bit steps: the compiler's own routine is several times slower.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are taken apart on purpose")]
fn remainder(number: u128, modulus: u64) -> u64 {
    let (high, low) = ((number >> 64) as u64, number as u64);
    // A known divisor becomes multiplications: three divisions cost as much as an XXH3.
    if modulus == 10_000 {
        if high == 0 {
            return low % 10_000;
        }
        let carried = (high % 10_000) << 32 | low >> 32;
        return ((carried % 10_000) << 32 | low & 0xffff_ffff) % 10_000;
    }
    if high == 0 {
        return low % modulus;
    }
    if modulus > u64::from(u32::MAX) {
        return (number % u128::from(modulus)) as u64;
    }
    // INVARIANT: a remainder below 2³² shifted by 32 bits leaves room for 32 more.
    let carried = (high % modulus) << 32 | low >> 32;
    ((carried % modulus) << 32 | low & 0xffff_ffff) % modulus
}

#[expect(clippy::cast_possible_truncation, reason = "only the low 32 bits count")]
fn absolute_32(hash: u128) -> u128 {
    u128::from((hash as u32).cast_signed().unsigned_abs())
}

#[inline]
#[expect(clippy::cast_precision_loss, reason = "buckets are far below 2⁵³")]
fn to_double_64(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "schemes with fractions round here")]
fn to_double(number: u128) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "schemes with single precision round here")]
fn to_single(number: u128) -> f32 {
    number as f32
}
