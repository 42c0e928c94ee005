//! The grammar of a line.
//!
//! ```text
//! or         = and { "or" and }
//! and        = not { "and" not }
//! not        = "not" not | "(" or ")" | comparison
//! comparison = NAME operator VALUE | NAME "exists" | NAME "not_exists"
//!            | "in_segment" VALUE | "not_in_segment" VALUE
//! ```

use flagkit_core::Case;
use flagkit_core::document::Condition;

use super::scanner::Scanner;
use super::{ConditionError, DEPTH_MAX, TEXT_BYTES_MAX, value};
use crate::comparison::{Comparison, Kind, Named, OPERATORS, named};
use crate::node::shortened;
use crate::suggest;

/// Parses one whole text.
pub(super) fn parse(text: &str, environment: Option<&str>) -> Result<Condition, ConditionError> {
    let mut parser = Parser { scanner: Scanner::new(text), environment, depth: 0 };
    if text.len() > TEXT_BYTES_MAX {
        let problem = format!("the condition has more than {TEXT_BYTES_MAX} bytes");
        return parser.scanner.fail_at(0, problem);
    }
    if parser.scanner.is_at_end() {
        return parser.scanner.fail_at(0, "the condition is empty");
    }
    let condition = parser.or()?;
    if parser.scanner.is_at_end() { Ok(condition) } else { parser.unexpected() }
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    environment: Option<&'t str>,
    depth: usize,
}

type Parsed<T> = Result<T, ConditionError>;

impl<'t> Parser<'t> {
    fn or(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.and()?];
        while self.scanner.takes_word("or") {
            parts.push(self.and()?);
        }
        Ok(single(parts, Condition::Any))
    }

    fn and(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.not()?];
        while self.scanner.takes_word("and") {
            parts.push(self.not()?);
        }
        Ok(single(parts, Condition::All))
    }

    fn not(&mut self) -> Parsed<Condition> {
        self.depth += 1;
        if self.depth > DEPTH_MAX + 1 {
            let problem = format!("parentheses and `not` nest deeper than {DEPTH_MAX} levels");
            return self.scanner.fail(problem);
        }
        let opened = self.scanner.place();
        let condition = if self.scanner.takes_word("not") {
            self.not()?.negated()
        } else if self.scanner.takes("(") {
            self.parenthesis(opened)?
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn parenthesis(&mut self, opened: usize) -> Parsed<Condition> {
        let condition = self.or()?;
        if self.scanner.takes(")") {
            return Ok(condition);
        }
        if self.scanner.is_at_end() {
            return self.scanner.fail_at(opened, "the `(` that begins here is not closed");
        }
        self.unexpected()
    }

    fn comparison(&mut self) -> Parsed<Condition> {
        let first = named(self.scanner.word());
        if let Some(operator) = first.filter(|operator| operator.kind == Kind::InSegment) {
            self.scanner.skip(operator.name);
            return self.compare(None, operator, operator.name);
        }
        let name = self.name()?;
        let place = self.scanner.place();
        let operator = self.operator(name)?;
        let end = self.scanner.offset();
        let written = self.scanner.written(place, end);
        self.compare(Some(name), operator, written)
    }

    /// Reads the values and makes the condition; `written` is the operator as it stands there.
    fn compare(
        &mut self,
        attribute: Option<&str>,
        operator: &'static Named,
        written: &str,
    ) -> Parsed<Condition> {
        let (mut values, mut places) = (Vec::new(), Vec::new());
        if operator.kind.takes_values() {
            value::Values { values, places } = value::values(&mut self.scanner, written)?;
        }
        let comparison =
            Comparison { attribute, operator, negate: false, case: Case::Sensitive, values };
        comparison.lower(self.environment).or_else(|bad| {
            let first = bad.into_iter().next();
            let place = first.as_ref().and_then(|bad| places.get(bad.place)).copied();
            let message = first.map(|bad| format!("{}; {}", bad.problem, bad.mend));
            self.scanner.fail_at(place.unwrap_or_default(), message.unwrap_or_default())
        })
    }

    fn name(&mut self) -> Parsed<&'t str> {
        let opened = self.scanner.place();
        if self.scanner.takes("`") {
            let unread = self.scanner.unread();
            let Some((name, _)) = unread.split_once('`') else {
                return self.scanner.fail_at(opened, "the backtick that begins here is not closed");
            };
            self.scanner.skip(name);
            self.scanner.skip("`");
            return Ok(name);
        }
        let word = self.scanner.word();
        if word.is_empty() || RESERVED.contains(&word) {
            let problem = no_name(self.scanner.rest(), word);
            return self.scanner.fail(problem);
        }
        self.scanner.skip(word);
        Ok(word)
    }

    fn operator(&mut self, name: &str) -> Parsed<&'static Named> {
        let wrong = WRONG_SYMBOLS.iter().find(|(wrong, _)| self.scanner.rest().starts_with(wrong));
        if let Some((wrong, right)) = wrong {
            return self.scanner.fail(format!("write `{right}` instead of `{wrong}`"));
        }
        if self.scanner.rest().starts_with('=') && !self.scanner.rest().starts_with("==") {
            return self.scanner.fail("write `==` instead of `=`");
        }
        let symbol = SYMBOLS.iter().find(|(symbol, _)| self.scanner.takes(symbol));
        if let Some((_, meant)) = symbol {
            return named(meant).map_or_else(|| self.no_operator(name), Ok);
        }
        if self.scanner.takes_word("matches") {
            return named("regex").map_or_else(|| self.no_operator(name), Ok);
        }
        if self.scanner.takes_word("not") {
            return self.not_in();
        }
        match named(self.scanner.word()) {
            Some(operator) if operator.kind == Kind::Percentage => self
                .scanner
                .fail("`percentage` cannot stand in a line; write it as a condition of its own"),
            Some(operator) => {
                self.scanner.skip(operator.name);
                Ok(operator)
            }
            None => self.no_operator(name),
        }
    }

    /// Behind the `not` of `not in`.
    fn not_in(&mut self) -> Parsed<&'static Named> {
        let word = self.scanner.word();
        let negative = format!("not_{word}");
        match named("not_in") {
            Some(operator) if self.scanner.takes_word("in") => Ok(operator),
            _ if named(&negative).is_some() => {
                self.scanner.fail(format!("only `in` follows `not`; write `{negative}`"))
            }
            _ => self.scanner.fail("expected `in` after `not`; a condition is negated before it"),
        }
    }

    fn no_operator<T>(&mut self, name: &str) -> Parsed<T> {
        let name = shortened(name);
        let word = self.scanner.word();
        if word.is_empty() || RESERVED.contains(&word) {
            return self.scanner.fail(format!(
                "expected an operator after `{name}`, such as `==`, `in` or `exists`"
            ));
        }
        let lower = word.to_ascii_lowercase();
        if named(&lower).is_some() || RESERVED.contains(&&*lower) {
            return self.scanner.fail(format!("keywords are lower case: write `{lower}`"));
        }
        let known = OPERATORS.iter().map(|operator| operator.name).chain(["matches"]);
        let hint = suggest::did_you_mean(word, known);
        let word = shortened(word);
        self.scanner.fail(format!("there is no operator `{word}`{hint}"))
    }

    /// Something stands where a condition is complete.
    fn unexpected<T>(&mut self) -> Parsed<T> {
        let rest = self.scanner.rest();
        let word = self.scanner.word();
        let lower = word.to_ascii_lowercase();
        let wrong = WRONG_JUNCTIONS.iter().find(|(wrong, _)| rest.starts_with(wrong));
        let message = match wrong {
            Some((wrong, right)) => format!("write `{right}` instead of `{wrong}`"),
            None if lower == "and" || lower == "or" => {
                format!("keywords are lower case: write `{lower}`")
            }
            None if rest.starts_with('%') => "write `%` directly behind the number".to_owned(),
            None if rest.starts_with(')') => "this `)` closes nothing".to_owned(),
            None => "expected `and`, `or` or the end of the condition".to_owned(),
        };
        self.scanner.fail(message)
    }
}

/// Why this is no name of an attribute.
fn no_name(rest: &str, word: &str) -> String {
    match rest.chars().next() {
        None => "expected a condition, found the end".to_owned(),
        Some('!') => "write `not` instead of `!`".to_owned(),
        Some('"' | '\'' | '[' | '0'..='9') => {
            "expected the name of an attribute; values stand on the right".to_owned()
        }
        Some(_) if !word.is_empty() => {
            format!("`{word}` is a keyword; an attribute of this name needs backticks")
        }
        Some(other) => format!("expected the name of an attribute, found `{other}`"),
    }
}

/// The one condition, or all of them joined.
fn single(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}

const RESERVED: [&str; 7] = ["and", "or", "not", "in", "true", "false", "null"];

const SYMBOLS: [(&str, &str); 6] = [
    ("==", "equals"),
    ("!=", "not_equals"),
    (">=", "greater_or_equal"),
    ("<=", "less_or_equal"),
    (">", "greater_than"),
    ("<", "less_than"),
];

/// What other languages write for an operator, the longer before the shorter.
const WRONG_SYMBOLS: [(&str, &str); 9] = [
    ("===", "=="),
    ("!==", "!="),
    ("=>", ">="),
    ("=<", "<="),
    ("<>", "!="),
    ("=~", "matches"),
    ("!~", "not_regex"),
    ("~", "matches"),
    ("≠", "!="),
];

/// What other languages write between conditions.
const WRONG_JUNCTIONS: [(&str, &str); 5] =
    [("&&", "and"), ("||", "or"), ("&", "and"), ("|", "or"), (",", "and")];
