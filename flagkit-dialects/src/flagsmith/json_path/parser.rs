//! The text of a path.

use crate::node::Node;

use super::filter::{Comparable, Comparison, Filter, Start};
use super::{Parsed, Query, Segment, Selector};

/// Reads a path that begins with `$`.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parser = Parser { rest: text, depth: 0 };
    if !parser.take("$") {
        return Parsed::Invalid;
    }
    match parser.segments() {
        Ok(query) if parser.rest.is_empty() => Parsed::Query(query),
        Ok(_) | Err(Stop::Invalid) => Parsed::Invalid,
        Err(Stop::Unsupported) => Parsed::Unsupported,
    }
}

/// Why reading ended early.
#[derive(Debug)]
enum Stop {
    Invalid,
    Unsupported,
}

type Read<T> = Result<T, Stop>;

struct Parser<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Skips this text if it comes next.
    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, text: &str) -> Read<()> {
        if self.take(text) { Ok(()) } else { Err(Stop::Invalid) }
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Takes characters while they are wanted.
    fn take_while(&mut self, is_wanted: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|character| !is_wanted(character)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn segments(&mut self) -> Read<Query> {
        let mut segments = Vec::new();
        loop {
            let before = self.rest;
            self.blanks();
            let segment = if self.take("..") {
                if self.rest.starts_with('[') { self.bracket(true)? } else { self.shorthand(true)? }
            } else if self.take(".") {
                self.shorthand(false)?
            } else if self.rest.starts_with('[') {
                self.bracket(false)?
            } else {
                // Blanks belong to a path only if a segment follows.
                self.rest = before;
                return Ok(Query { segments });
            };
            segments.push(segment);
        }
    }

    fn shorthand(&mut self, descends: bool) -> Read<Segment> {
        let selector =
            if self.take("*") { Selector::Wildcard } else { Selector::Name(self.name()?.into()) };
        Ok(Segment { descends, selectors: vec![selector] })
    }

    fn name(&mut self) -> Read<&'t str> {
        let is_first = |character: char| {
            character.is_ascii_alphabetic() || character == '_' || !character.is_ascii()
        };
        if !self.peek().is_some_and(is_first) {
            return Err(Stop::Invalid);
        }
        Ok(self.take_while(|character| is_first(character) || character.is_ascii_digit()))
    }

    fn bracket(&mut self, descends: bool) -> Read<Segment> {
        self.expect("[")?;
        let mut selectors = Vec::new();
        loop {
            self.blanks();
            selectors.push(self.selector()?);
            self.blanks();
            if self.take("]") {
                return Ok(Segment { descends, selectors });
            }
            self.expect(",")?;
        }
    }

    fn selector(&mut self) -> Read<Selector> {
        match self.peek() {
            Some('\'' | '"') => self.quoted().map(Selector::Name),
            Some('*') => {
                self.expect("*")?;
                Ok(Selector::Wildcard)
            }
            Some('?') => {
                self.expect("?")?;
                self.blanks();
                self.any().map(Selector::Filter)
            }
            _ => self.index_or_slice(),
        }
    }

    fn index_or_slice(&mut self) -> Read<Selector> {
        let start = self.integer()?;
        let after_start = self.rest;
        self.blanks();
        if !self.take(":") {
            self.rest = after_start;
            return start.map(Selector::Index).ok_or(Stop::Invalid);
        }
        self.blanks();
        let end = self.integer()?;
        let after_end = self.rest;
        self.blanks();
        if !self.take(":") {
            self.rest = after_end;
            return Ok(Selector::Slice { start, end, step: 1 });
        }
        self.blanks();
        let step = self.integer()?.unwrap_or(1);
        Ok(Selector::Slice { start, end, step })
    }

    /// An integer that every reader of JSON keeps exactly, without leading zeros; perhaps none.
    fn integer(&mut self) -> Read<Option<i64>> {
        let before = self.rest;
        let is_negative = self.take("-");
        let digits = self.take_while(|character| character.is_ascii_digit());
        if digits.is_empty() {
            return if is_negative { Err(Stop::Invalid) } else { Ok(None) };
        }
        let has_leading_zero = digits.starts_with('0') && (digits.len() > 1 || is_negative);
        let text = before.get(..digits.len() + usize::from(is_negative)).unwrap_or_default();
        match text.parse::<i64>() {
            Ok(number) if !has_leading_zero && number.unsigned_abs() < EXACT => Ok(Some(number)),
            _ => Err(Stop::Invalid),
        }
    }

    fn quoted(&mut self) -> Read<String> {
        let quote = self.peek().ok_or(Stop::Invalid)?;
        self.rest = self.rest.get(1..).unwrap_or_default();
        let mut text = String::new();
        loop {
            let character = self.peek().ok_or(Stop::Invalid)?;
            self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
            match character {
                '\\' => text.push(self.escape(quote)?),
                end if end == quote => return Ok(text),
                '\0'..='\u{1f}' => return Err(Stop::Invalid),
                plain => text.push(plain),
            }
        }
    }

    fn escape(&mut self, quote: char) -> Read<char> {
        let character = self.peek().ok_or(Stop::Invalid)?;
        self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            'b' => Ok('\u{8}'),
            'f' => Ok('\u{c}'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            '/' | '\\' => Ok(character),
            'u' => self.unicode(),
            other if other == quote => Ok(other),
            _ => Err(Stop::Invalid),
        }
    }

    fn unicode(&mut self) -> Read<char> {
        let first = self.hexadecimal()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or(Stop::Invalid);
        }
        self.expect("\\u")?;
        let second = self.hexadecimal()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(Stop::Invalid);
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(Stop::Invalid)
    }

    fn hexadecimal(&mut self) -> Read<u32> {
        let digits = self.rest.get(..4).filter(|four| four.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|four| u32::from_str_radix(four, 16).ok());
        self.rest = self.rest.get(4..).unwrap_or_default();
        number.ok_or(Stop::Invalid)
    }

    /// Filters joined by `||`.
    fn any(&mut self) -> Read<Filter> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Stop::Unsupported);
        }
        let mut any = vec![self.all()?];
        while self.operator("||") {
            any.push(self.all()?);
        }
        self.depth -= 1;
        Ok(single(any, Filter::Any))
    }

    /// Filters joined by `&&`.
    fn all(&mut self) -> Read<Filter> {
        let mut all = vec![self.basic()?];
        while self.operator("&&") {
            all.push(self.basic()?);
        }
        Ok(single(all, Filter::All))
    }

    /// Takes an operator with the blanks around it.
    fn operator(&mut self, operator: &str) -> bool {
        let before = self.rest;
        self.blanks();
        let is_there = self.take(operator);
        if is_there {
            self.blanks();
        } else {
            self.rest = before;
        }
        is_there
    }

    fn basic(&mut self) -> Read<Filter> {
        if self.take("!") {
            self.blanks();
            let inner = match self.peek() {
                Some('(') => self.parenthesis()?,
                _ => self.existence()?,
            };
            return Ok(Filter::Not(Box::new(inner)));
        }
        if self.peek() == Some('(') {
            return self.parenthesis();
        }
        let before = self.rest;
        let left = self.comparable()?;
        let Some(comparison) = self.comparison() else {
            self.rest = before;
            return self.existence();
        };
        let right = self.comparable()?;
        let are_places = [&left, &right].into_iter().all(|side| match side {
            Comparable::Text(_) | Comparable::Scalar(_) => true,
            Comparable::Place(_, query) => query.steps().is_some(),
        });
        if !are_places {
            return Err(Stop::Invalid);
        }
        Ok(Filter::Compares(left, comparison, right))
    }

    fn parenthesis(&mut self) -> Read<Filter> {
        self.expect("(")?;
        self.blanks();
        let inner = self.any()?;
        self.blanks();
        self.expect(")")?;
        Ok(inner)
    }

    fn existence(&mut self) -> Read<Filter> {
        match self.comparable()? {
            Comparable::Place(start, query) => Ok(Filter::Finds(start, query)),
            Comparable::Text(_) | Comparable::Scalar(_) => Err(Stop::Invalid),
        }
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let known = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        known.into_iter().find(|(text, _)| self.operator(text)).map(|(_, comparison)| comparison)
    }

    fn comparable(&mut self) -> Read<Comparable> {
        match self.peek() {
            Some('@') => self.place("@", Start::Child),
            Some('$') => self.place("$", Start::Root),
            Some('\'' | '"') => self.quoted().map(Comparable::Text),
            Some('-' | '0'..='9') => self.number().map(Comparable::Scalar),
            _ => self.word(),
        }
    }

    fn place(&mut self, sign: &str, start: Start) -> Read<Comparable> {
        self.expect(sign)?;
        self.segments().map(|query| Comparable::Place(start, query))
    }

    /// `true`, `false`, `null`, or the name of a function.
    fn word(&mut self) -> Read<Comparable> {
        let word = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        match word {
            "true" => Ok(Comparable::Scalar(Node::Boolean(true))),
            "false" => Ok(Comparable::Scalar(Node::Boolean(false))),
            "null" => Ok(Comparable::Scalar(Node::Null)),
            _ if !word.is_empty() && self.peek() == Some('(') => Err(Stop::Unsupported),
            _ => Err(Stop::Invalid),
        }
    }

    fn number(&mut self) -> Read<Node<'static>> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
        let text = self.take_while(is_part);
        match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) => Ok(match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => Node::Integer(integer),
                (None, float) => Node::Float(float.unwrap_or_default()),
            }),
            Err(_) => Err(Stop::Invalid),
        }
    }
}

fn single(mut filters: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match filters.pop() {
        Some(only) if filters.is_empty() => only,
        last => {
            filters.extend(last);
            join(filters)
        }
    }
}

/// Indices are integers that a double holds exactly, RFC 9535 section 2.1.
const EXACT: u64 = 1 << 53;
/// Parentheses inside parentheses.
const DEPTH_MAX: usize = 32;
