//! The grammar: `[not] ( q )`, `q and q`, `q or q`, `path pr`, `path operator value`.
//!
//! `and` and `or` have the same rank and group from the left. Between words stands exactly one
//! blank.

use super::value::{self, Literal};

/// A query that was read, and what was left over.
pub(super) struct Parsed<'t> {
    pub(super) query: Query<'t>,
    pub(super) ignored: &'t str,
}

/// A query as it is written.
pub(super) enum Query<'t> {
    Not(Box<Query<'t>>),
    /// The first, and what is joined to it from left to right.
    Chain(Box<Query<'t>>, Vec<(Joint, Query<'t>)>),
    Present(Vec<&'t str>),
    Compare(Vec<&'t str>, Comparison, Literal<'t>),
}

/// How two queries are joined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Joint {
    And,
    Or,
}

/// The operators of comparisons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Contains,
    StartsWith,
    EndsWith,
    In,
}

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Parsed<'_>, &'static str> {
    let mut parser = Parser { rest: text, depth: 0 };
    let query = parser.query()?;
    Ok(Parsed { query, ignored: parser.rest })
}

struct Parser<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn query(&mut self) -> Result<Query<'t>, &'static str> {
        let first = self.single()?;
        let mut joined = Vec::new();
        while let Some((joint, rest)) = joint(self.rest) {
            self.rest = rest;
            joined.push((joint, self.single()?));
        }
        Ok(if joined.is_empty() { first } else { Query::Chain(Box::new(first), joined) })
    }

    fn single(&mut self) -> Result<Query<'t>, &'static str> {
        if let Some((is_negated, rest)) = opening(self.rest) {
            self.rest = rest;
            return self.group(is_negated);
        }
        let path = self.path()?;
        self.blank()?;
        let word = self.word();
        if word == "pr" {
            return Ok(Query::Present(path));
        }
        let comparison = comparison(word).ok_or("there is no such operator")?;
        self.blank()?;
        let (literal, rest) = value::literal(self.rest).ok_or("a value is missing")?;
        self.rest = rest;
        Ok(Query::Compare(path, comparison, literal))
    }

    fn group(&mut self, is_negated: bool) -> Result<Query<'t>, &'static str> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("it is nested too deep");
        }
        let inner = self.query()?;
        self.depth -= 1;
        let rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
        self.rest = rest.strip_prefix(')').ok_or("a `)` is missing")?;
        Ok(if is_negated { Query::Not(Box::new(inner)) } else { inner })
    }

    fn path(&mut self) -> Result<Vec<&'t str>, &'static str> {
        let mut steps = Vec::new();
        loop {
            let len = self.rest.find(|c| !is_name_character(c)).unwrap_or(self.rest.len());
            let (name, rest) = self.rest.split_at(len);
            if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || KEYWORDS.contains(&name) {
                return Err("the name of an attribute is missing");
            }
            steps.push(name);
            self.rest = rest;
            match rest.strip_prefix('.') {
                Some(rest) => self.rest = rest,
                None => return Ok(steps),
            }
        }
    }

    fn blank(&mut self) -> Result<(), &'static str> {
        self.rest = self.rest.strip_prefix(' ').ok_or("words must be parted by one blank")?;
        Ok(())
    }

    fn word(&mut self) -> &'t str {
        let (word, rest) =
            self.rest.split_at(self.rest.find([' ', ')']).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }
}

/// ` and ` or ` or `, and what is behind it.
fn joint(text: &str) -> Option<(Joint, &str)> {
    let text = text.strip_prefix(' ')?;
    let and = text.strip_prefix("and ").map(|rest| (Joint::And, rest));
    and.or_else(|| text.strip_prefix("or ").map(|rest| (Joint::Or, rest)))
}

/// `(` with blanks around it, `not` in front of it perhaps, and what is behind it.
fn opening(text: &str) -> Option<(bool, &str)> {
    let negated = text.strip_prefix("not").or_else(|| text.strip_prefix("NOT"));
    let rest = negated.unwrap_or(text);
    let rest = rest.strip_prefix(' ').unwrap_or(rest).strip_prefix('(')?;
    Some((negated.is_some(), rest.strip_prefix(' ').unwrap_or(rest)))
}

fn comparison(word: &str) -> Option<Comparison> {
    Some(match word {
        "eq" | "EQ" | "==" => Comparison::Equal,
        "ne" | "NE" | "!=" => Comparison::NotEqual,
        "gt" | "GT" | ">" => Comparison::Greater,
        "lt" | "LT" | "<" => Comparison::Less,
        "ge" | "GE" | ">=" => Comparison::GreaterOrEqual,
        "le" | "LE" | "<=" => Comparison::LessOrEqual,
        "co" | "CO" => Comparison::Contains,
        "sw" | "SW" => Comparison::StartsWith,
        "ew" | "EW" => Comparison::EndsWith,
        "in" | "IN" => Comparison::In,
        _ => return None,
    })
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_:".contains(character)
}

const KEYWORDS: [&str; 28] = [
    "not", "NOT", "and", "or", "true", "false", "null", "pr", "in", "IN", "eq", "EQ", "ne", "NE",
    "gt", "GT", "lt", "LT", "ge", "GE", "le", "LE", "co", "CO", "sw", "SW", "ew", "EW",
];
const DEPTH_MAX: usize = 32;
