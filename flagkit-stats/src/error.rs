//! Why a statistic cannot be computed.

use std::fmt;

/// Numbers that a statistic was asked for and cannot be computed from.
///
/// It says which argument is meant, what is wrong with it and what is needed.
///
/// ```
/// use flagkit_stats::Sorted;
///
/// let error = Sorted::sort(&mut [1.0, f64::NAN]).unwrap_err().to_string();
/// assert_eq!(error, "value 1 of the sample is `NaN`; remove values that are not finite");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Error(Kind);

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// NaN or an infinity at a place.
    NotFinite { index: usize, value: f64 },
    /// Not in order at a place.
    Unordered { what: &'static str, index: usize },
    /// Fewer values than the statistic needs.
    TooFew { what: &'static str, count: u64, needed: u64 },
    /// A series over less time than is asked for.
    TooShort { span: f64, least: f64 },
    /// More than is computed.
    TooMany { what: &'static str, count: u64, most: u64 },
    /// A number that makes no sense there.
    OutOfRange { what: &'static str, value: f64, range: &'static str },
    /// Nothing varies, so that there is no scale to compare with.
    Constant { what: &'static str },
    /// Equal values where the computation has no place for them.
    Tied,
}

impl Error {
    /// Whether more data would help: too few values, too short a time, or values that do not vary.
    ///
    /// This is no failure of what is measured; there is no answer yet.
    pub fn is_insufficient(&self) -> bool {
        matches!(self.0, Kind::TooFew { .. } | Kind::TooShort { .. } | Kind::Constant { .. })
    }

    /// Whether the approximate computation would take what this one refuses: too many values for
    /// an exact one, or equal values.
    pub fn is_inexact(&self) -> bool {
        matches!(self.0, Kind::TooMany { .. } | Kind::Tied)
    }

    pub(crate) fn not_finite(index: usize, value: f64) -> Self {
        Self(Kind::NotFinite { index, value })
    }

    pub(crate) fn unordered(what: &'static str, index: usize) -> Self {
        Self(Kind::Unordered { what, index })
    }

    pub(crate) fn constant(what: &'static str) -> Self {
        Self(Kind::Constant { what })
    }

    pub(crate) fn too_short(span: f64, least: f64) -> Self {
        Self(Kind::TooShort { span, least })
    }

    pub(crate) fn tied() -> Self {
        Self(Kind::Tied)
    }

    /// The error if there are fewer than needed.
    pub(crate) fn unless_enough(what: &'static str, count: u64, needed: u64) -> Result<(), Self> {
        if count >= needed { Ok(()) } else { Err(Self(Kind::TooFew { what, count, needed })) }
    }

    /// The error if there are more than is computed.
    pub(crate) fn unless_at_most(what: &'static str, count: u64, most: u64) -> Result<(), Self> {
        if count <= most { Ok(()) } else { Err(Self(Kind::TooMany { what, count, most })) }
    }

    /// The error unless something holds for a number.
    pub(crate) fn unless(
        holds: bool,
        what: &'static str,
        value: f64,
        range: &'static str,
    ) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self(Kind::OutOfRange { what, value, range })) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::NotFinite { index, value } => write!(
                formatter,
                "value {index} of the sample is `{value}`; remove values that are not finite"
            ),
            Kind::Unordered { what, index } => {
                write!(formatter, "{what} {index} is not above the one before it; sort them first")
            }
            Kind::TooFew { what, count, needed } => {
                write!(formatter, "{what}: there are {count}, and at least {needed} are needed")
            }
            Kind::TooShort { span, least } => {
                write!(formatter, "the points span `{span}`, and at least `{least}` is needed")
            }
            Kind::TooMany { what, count, most } => write!(
                formatter,
                "{what}: there are {count}, and at most {most} are computed; use the approximation"
            ),
            Kind::OutOfRange { what, value, range } => {
                write!(formatter, "{what} is `{value}`; it has to be {range}")
            }
            Kind::Constant { what } => {
                write!(formatter, "{what} does not vary, so there is no scale to compare with")
            }
            Kind::Tied => formatter.write_str(
                "some values are equal, and the exact test has no place for ties; use the \
                 approximation",
            ),
        }
    }
}

impl std::error::Error for Error {}
