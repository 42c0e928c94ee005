//! The values of a line: JSON, with single quotes as well, and numbers with units.

use serde_json::{Number, Value};

use super::Parser;

const DEPTH_MAX: usize = 64;

impl Parser<'_> {
    pub(crate) fn value(&mut self) -> Result<Value, String> {
        self.value_inside(0)
    }

    fn value_inside(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEPTH_MAX {
            return self.fail("less nesting");
        }
        if self.takes("[") {
            return self.list(depth);
        }
        for quote in ['"', '\''] {
            if self.takes(&quote.to_string()) {
                return self.text(quote);
            }
        }
        for (word, value) in
            [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
        {
            if self.takes_word(word) {
                return Ok(value);
            }
        }
        self.number()
    }

    fn list(&mut self, depth: usize) -> Result<Value, String> {
        let mut items = Vec::new();
        if self.takes("]") {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value_inside(depth + 1)?);
            if self.takes("]") {
                return Ok(Value::Array(items));
            }
            if !self.takes(",") {
                return self.fail("`,` or `]`");
            }
        }
    }

    /// A JSON number, and a unit or nothing.
    fn number(&mut self) -> Result<Value, String> {
        let is_inside = |char: char| char.is_ascii_alphanumeric() || "+-._%".contains(char);
        let end = self.rest.find(|char| !is_inside(char)).unwrap_or(self.rest.len());
        let written = self.rest.get(..end).unwrap_or_default();
        match written.parse().ok().or_else(|| with_unit(written)) {
            Some(number) => {
                self.advance(written);
                Ok(Value::Number(number))
            }
            None => self.fail("a value"),
        }
    }

    /// The rest of a text, its opening quote already taken.
    fn text(&mut self, quote: char) -> Result<Value, String> {
        let mut text = String::new();
        loop {
            match self.char()? {
                char if char == quote => return Ok(Value::String(text)),
                '\\' => text.push(self.escaped()?),
                char => text.push(char),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, String> {
        Ok(match self.char()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            char @ ('"' | '\'' | '\\' | '/') => char,
            _ => return self.fail("an escape of JSON"),
        })
    }

    /// Four digits, or twice four if the first are half of a pair.
    fn unicode(&mut self) -> Result<char, String> {
        let mut units = vec![self.unit()?];
        if let Some(0xd800..0xdc00) = units.first() {
            if (self.char()?, self.char()?) != ('\\', 'u') {
                return self.fail("the second half of a pair");
            }
            units.push(self.unit()?);
        }
        let decoded = String::from_utf16(&units).map_err(|error| error.to_string())?;
        decoded.chars().next().ok_or_else(|| "no character".to_owned())
    }

    fn unit(&mut self) -> Result<u16, String> {
        let digits =
            self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(digits) = digits else {
            return self.fail("four digits");
        };
        self.advance(digits);
        u16::from_str_radix(digits, 16).map_err(|error| error.to_string())
    }

    fn char(&mut self) -> Result<char, String> {
        let mut chars = self.rest.chars();
        let Some(char) = chars.next() else {
            return self.fail("the end of the text");
        };
        self.rest = chars.as_str();
        Ok(char)
    }
}

/// `5%`, `50000ppm`: a ratio; `200ms`, `5s`, `5m`, `2h`, `1d`: seconds.
fn with_unit(written: &str) -> Option<Number> {
    let (power, factor, digits) = UNITS.iter().find_map(|(unit, power, factor)| {
        written.strip_suffix(unit).map(|digits| (*power, *factor, digits))
    })?;
    digits.parse::<Number>().ok()?;
    if let (0, Ok(whole)) = (power, digits.parse::<i64>()) {
        return whole.checked_mul(factor).map(Number::from);
    }
    let lower = digits.to_ascii_lowercase();
    let (before, after) = lower.split_once('e').unwrap_or((&lower, "0"));
    let shifted = format!("{before}e{}", after.parse::<i64>().ok()? + power);
    // Multiplying after reading rounds twice, as the format says for minutes, hours and days.
    #[expect(clippy::cast_precision_loss, reason = "at most 86,400")]
    Number::from_f64(shifted.parse::<f64>().ok()? * factor as f64)
}

/// Units, the power of ten that each stands for, and its seconds. `ms` comes before `s`.
const UNITS: [(&str, i64, i64); 7] = [
    ("%", -2, 1),
    ("ppm", -6, 1),
    ("ms", -3, 1),
    ("s", 0, 1),
    ("m", 0, 60),
    ("h", 0, 3_600),
    ("d", 0, 86_400),
];
