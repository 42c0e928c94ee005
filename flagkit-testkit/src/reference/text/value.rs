//! The values of a line: JSON, with single quotes as well.

use serde_json::Value;

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

    /// A JSON number that no letter follows.
    fn number(&mut self) -> Result<Value, String> {
        let is_inside = |char: char| char.is_ascii_alphanumeric() || "+-._".contains(char);
        let end = self.rest.find(|char| !is_inside(char)).unwrap_or(self.rest.len());
        let digits = self.rest.get(..end).unwrap_or_default();
        match digits.parse::<serde_json::Number>() {
            Ok(number) => {
                self.advance(digits);
                Ok(Value::Number(number))
            }
            Err(_) => self.fail("a value"),
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
