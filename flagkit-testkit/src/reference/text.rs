//! Conditions written as one line: a small recursive descent over the characters.
//!
//! The result is made of the very objects one would have written instead, so
//! checking and evaluating them is the same thing.
//!
//! ```text
//! or         = and { "or" and }
//! and        = not { "and" not }
//! not        = "not" not | "(" or ")" | comparison
//! comparison = NAME operator VALUE | NAME "exists" | NAME "not_exists"
//!            | "in_segment" VALUE | "not_in_segment" VALUE
//! ```
//!
//! An operator is a symbol, `in`, `not in`, `matches`, or any name of the table
//! but `percentage`. Parentheses and `not` may nest 64 deep.

mod value;

use serde_json::{Value, json};

use super::operator::OPERATORS;

const DEPTH_MAX: usize = 64;

const RESERVED: [&str; 7] = ["and", "or", "not", "in", "true", "false", "null"];

const SYMBOLS: [(&str, &str); 6] = [
    ("==", "equals"),
    ("!=", "not_equals"),
    (">=", "greater_or_equal"),
    ("<=", "less_or_equal"),
    (">", "greater_than"),
    ("<", "less_than"),
];

/// A parsed line; the leaves are conditions as objects.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Condition(Value),
}

/// Parses one whole line.
pub(crate) fn parse(line: &str) -> Result<Expression, String> {
    let mut parser = Parser { rest: line, depth: 0 };
    let expression = parser.or()?;
    parser.skip_space();
    if parser.rest.is_empty() { Ok(expression) } else { parser.fail("`and`, `or` or the end") }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn or(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.and()?];
        while self.takes_word("or") {
            parts.push(self.and()?);
        }
        Ok(Expression::Any(parts))
    }

    fn and(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.not()?];
        while self.takes_word("and") {
            parts.push(self.not()?);
        }
        Ok(Expression::All(parts))
    }

    fn not(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX + 1 {
            return self.fail("less nesting");
        }
        let expression = if self.takes_word("not") {
            Expression::Not(Box::new(self.not()?))
        } else if self.takes("(") {
            let inner = self.or()?;
            if !self.takes(")") {
                return self.fail("`)`");
            }
            inner
        } else {
            Expression::Condition(self.comparison()?)
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn comparison(&mut self) -> Result<Value, String> {
        for operator in ["in_segment", "not_in_segment"] {
            if self.takes_word(operator) {
                return Ok(json!({ "operator": operator, "values": self.values()? }));
            }
        }
        let name = self.name()?;
        let operator = self.operator()?;
        if operator == "exists" || operator == "not_exists" {
            return Ok(json!({ "attribute": name, "operator": operator }));
        }
        Ok(json!({ "attribute": name, "operator": operator, "values": self.values()? }))
    }

    fn name(&mut self) -> Result<String, String> {
        if self.takes("`") {
            let Some((name, rest)) = self.rest.split_once('`') else {
                return self.fail("a closing backtick");
            };
            self.rest = rest;
            return Ok(name.to_owned());
        }
        let word = self.word();
        if word.is_empty() || RESERVED.contains(&word) {
            return self.fail("the name of an attribute");
        }
        self.advance(word);
        Ok(word.to_owned())
    }

    fn operator(&mut self) -> Result<String, String> {
        for (symbol, operator) in SYMBOLS {
            if self.takes(symbol) {
                return Ok(operator.to_owned());
            }
        }
        if self.takes_word("matches") {
            return Ok("regex".to_owned());
        }
        if self.takes_word("not") {
            return if self.takes_word("in") { Ok("not_in".to_owned()) } else { self.fail("`in`") };
        }
        let word = self.word();
        if word == "percentage" || !OPERATORS.contains(&word) {
            return self.fail("an operator");
        }
        self.advance(word);
        Ok(word.to_owned())
    }

    /// A list is many values, anything else is one.
    fn values(&mut self) -> Result<Vec<Value>, String> {
        Ok(match self.value()? {
            Value::Array(values) => values,
            value => vec![value],
        })
    }

    fn takes(&mut self, symbol: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(symbol);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn takes_word(&mut self, wanted: &str) -> bool {
        let word = self.word();
        if word == wanted {
            self.advance(word);
        }
        word == wanted
    }

    /// The word that comes next, not yet taken; empty if none does.
    fn word(&mut self) -> &'a str {
        self.skip_space();
        let is_start = |char: char| char.is_ascii_alphabetic() || char == '_' || char == '$';
        if !self.rest.starts_with(is_start) {
            return "";
        }
        let is_inside = |char: char| is_start(char) || char.is_ascii_digit() || ".-".contains(char);
        let end = self.rest.find(|char| !is_inside(char)).unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or_default()
    }

    fn advance(&mut self, taken: &str) {
        self.rest = self.rest.strip_prefix(taken).unwrap_or(self.rest);
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn fail<T>(&self, wanted: &str) -> Result<T, String> {
        Err(format!("expected {wanted} at `{}`", self.rest))
    }
}

#[cfg(test)]
mod tests;
