//! Numbers: integers and floats that compare exactly with each other.

use std::cmp::Ordering;
use std::fmt;

/// An integer or a float.
///
/// Comparing an integer with a float never rounds either of them.
///
/// ```
/// use flagkit_core::Number;
///
/// let exact = Number::Integer(9_007_199_254_740_993);
/// assert!(exact > Number::Float(9_007_199_254_740_992.0));
/// assert!(Number::Integer(1) == Number::Float(1.0));
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a number is one or the other")]
pub enum Number {
    /// Exactly this integer.
    Integer(i128),
    /// Exactly this float.
    Float(f64),
}

impl Number {
    /// Reads text that is a finite number once blanks around it are removed: `" 42 "`, `1e3`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(integer) = text.parse::<i64>() {
            return Some(Self::Integer(integer.into()));
        }
        text.parse().ok().filter(|float: &f64| float.is_finite()).map(Self::Float)
    }

    /// Reads text that is an integer as people write them: `" +1_000 "` is 1,000.
    ///
    /// Blanks around it, zeros in front and single `_` between digits count for nothing. What is
    /// beyond 128 bits is an infinite float, which compares right with every number that is not.
    ///
    /// ```
    /// use flagkit_core::Number;
    ///
    /// assert_eq!(Number::parse_integer(" -1_000 "), Some(Number::Integer(-1000)));
    /// assert_eq!(Number::parse_integer("1__0"), None);
    /// ```
    pub fn parse_integer(text: &str) -> Option<Self> {
        let is_blank = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
        let text = text.trim_matches(is_blank);
        let (is_negative, digits) = match text.strip_prefix(['-', '+']) {
            Some(digits) => (text.starts_with('-'), digits),
            None => (false, text),
        };
        let mut value = Some(0_i128);
        for group in digits.split('_') {
            if group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            for byte in group.bytes() {
                let digit = i128::from(byte - b'0');
                value = value.and_then(|value| value.checked_mul(10)?.checked_add(digit));
            }
        }
        Some(match (value, is_negative) {
            (Some(value), false) => Self::Integer(value),
            (Some(value), true) => Self::Integer(-value),
            (None, false) => Self::Float(f64::INFINITY),
            (None, true) => Self::Float(f64::NEG_INFINITY),
        })
    }

    /// The float that is nearest to this number.
    #[expect(clippy::cast_precision_loss, reason = "the caller asks for a float")]
    pub fn to_float(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// The integer that equals this number, if there is one.
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    pub fn to_integer(self) -> Option<i128> {
        match self {
            Self::Integer(value) => Some(value),
            Self::Float(value) => {
                let fits = value.fract() == 0.0 && value.abs() < TWO_TO_126;
                fits.then_some(value as i128)
            }
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self::Integer(value.into())
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (*self, *other) {
            (Self::Integer(left), Self::Integer(right)) => Some(left.cmp(&right)),
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(&right),
            (Self::Integer(left), Self::Float(right)) => compare(left, right),
            (Self::Float(left), Self::Integer(right)) => {
                compare(right, left).map(Ordering::reverse)
            }
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
        }
    }
}

/// Compares by the float's whole part first, which fits an integer, then by its fraction.
#[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
fn compare(integer: i128, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float >= TWO_TO_126 {
        return Some(Ordering::Less);
    }
    if float <= -TWO_TO_126 {
        return Some(Ordering::Greater);
    }
    let whole = integer.cmp(&(float.floor() as i128));
    Some(whole.then(if float.fract() == 0.0 { Ordering::Equal } else { Ordering::Less }))
}

/// Far beyond every integer of a document, and exact in both kinds.
const TWO_TO_126: f64 = 85_070_591_730_234_615_865_843_651_857_942_052_864.0;
