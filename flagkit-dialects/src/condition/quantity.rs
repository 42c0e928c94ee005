//! Numbers with a unit: ratios and lengths of time.

use flagkit_core::Value;

use crate::node::shortened;

/// A number and the unit behind it: `5%`, `50000ppm`, `200ms`, `5m`, or no unit at all.
///
/// ```
/// use flagkit_dialects::condition::{Quantity, Unit};
///
/// let five = Quantity::parse("5%")?;
/// assert_eq!((five.number(), five.unit), (Some(0.05), Some(Unit::Percent)));
/// assert_eq!(Quantity::parse("50000ppm")?.number(), Some(0.05));
/// assert_eq!(Quantity::parse("200ms")?.number(), Some(0.2));
/// assert_eq!(
///     Quantity::parse("5min").unwrap_err(),
///     "there is no unit `min`; write `%`, `ppm`, `ms`, `s`, `m`, `h` or `d`"
/// );
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a number and its unit is all that there is")]
pub struct Quantity {
    /// What it comes to: ratios as such, lengths of time in seconds. Whole numbers stay whole where
    /// the unit lets them.
    pub value: Value,
    /// The unit, if there is one.
    pub unit: Option<Unit>,
}

/// What can stand behind a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever reads a quantity handles every unit")]
pub enum Unit {
    /// `%`: hundredths.
    Percent,
    /// `ppm`: millionths.
    PartsPerMillion,
    /// `ms`: thousandths of a second.
    Milliseconds,
    /// `s`.
    Seconds,
    /// `m`: 60 seconds.
    Minutes,
    /// `h`: 3,600 seconds.
    Hours,
    /// `d`: 86,400 seconds.
    Days,
}

impl Unit {
    /// Whether it measures time; otherwise it is a ratio.
    pub fn is_time(self) -> bool {
        !matches!(self, Self::Percent | Self::PartsPerMillion)
    }
}

impl Quantity {
    /// Reads a number as JSON writes it, with a unit directly behind it or without.
    ///
    /// The result is rounded once, to the float that is nearest to what is written: `0.7%` is
    /// exactly the number `0.007`.
    ///
    /// # Errors
    ///
    /// What is no number, a unit that does not exist, and a number beyond the reach of floats; in
    /// words, with what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (digits, unit) = apart(text);
        let Ok(number) = digits.parse::<serde_json::Number>() else {
            let text = shortened(text);
            return Err(format!("`{text}` is no number; versions and dates need quotes"));
        };
        if unit.is_empty() {
            return Ok(Self { value: crate::json::number(&number), unit: None });
        }
        let Some((_, unit)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(no_unit(unit));
        };
        let value = in_base(digits, *unit);
        let value = value.ok_or_else(|| format!("`{}` is too large", shortened(text)))?;
        Ok(Self { value, unit: Some(*unit) })
    }

    /// The number: a ratio, or seconds.
    pub fn number(&self) -> Option<f64> {
        self.value.as_float()
    }
}

/// The number and the letters behind it. Letters between digits belong to the number, which is
/// none then.
fn apart(text: &str) -> (&str, &str) {
    let letters = |character: char| character.is_ascii_alphabetic() || character == '%';
    let digits = text.trim_end_matches(letters);
    (digits, text.get(digits.len()..).unwrap_or_default())
}

fn no_unit(unit: &str) -> String {
    let lower = unit.to_ascii_lowercase();
    let unit = shortened(unit);
    if UNITS.iter().any(|(name, _)| *name == lower) {
        return format!("units are lower case: write `{lower}` instead of `{unit}`");
    }
    format!("there is no unit `{unit}`; write `%`, `ppm`, `ms`, `s`, `m`, `h` or `d`")
}

/// The number in ratios or seconds. Parts of them move the decimal point in the text, so that
/// nothing is rounded twice.
fn in_base(digits: &str, unit: Unit) -> Option<Value> {
    let (places, factor) = match unit {
        Unit::Percent => (2, 1),
        Unit::PartsPerMillion => (6, 1),
        Unit::Milliseconds => (3, 1),
        Unit::Seconds => (0, 1),
        Unit::Minutes => (0, 60),
        Unit::Hours => (0, 3_600),
        Unit::Days => (0, 86_400),
    };
    if let (0, Ok(whole)) = (places, digits.parse::<i64>()) {
        return whole.checked_mul(factor).map(Value::Integer);
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent = exponent.parse::<i64>().ok()?.checked_sub(places)?;
    let number: f64 = format!("{mantissa}e{exponent}").parse().ok()?;
    #[expect(clippy::cast_precision_loss, reason = "factors are small")]
    let number = number * factor as f64;
    number.is_finite().then_some(Value::Float(number))
}

const UNITS: [(&str, Unit); 7] = [
    ("%", Unit::Percent),
    ("ppm", Unit::PartsPerMillion),
    ("ms", Unit::Milliseconds),
    ("s", Unit::Seconds),
    ("m", Unit::Minutes),
    ("h", Unit::Hours),
    ("d", Unit::Days),
];
