//! Regular expressions of JavaScript (without flag `u`) in the syntax of the core's matcher.
//!
//! JavaScript matches UTF-16 code units, its classes are ASCII, and older rules (Annex B of
//! ECMA-262) accept much that others refuse. So the pattern is read as JavaScript reads it and
//! written as sets of code units; the text is presented to the matcher in code units, too
//! ([`TextReading::ScriptUnits`]). Patterns that look around go to a matcher that backtracks;
//! references back to a group are refused, because those to a group that did not take part
//! mean different things in different engines.
//!
//! [`TextReading::ScriptUnits`]: flagkit_core::document::TextReading::ScriptUnits

use std::collections::HashSet;
use std::sync::Arc;

use flagkit_core::document::{Operator, Search};

use crate::backtracking::Backtracking;

mod class;
mod escape;
mod units;

use units::Units;

/// Why a pattern cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Refused {
    /// JavaScript refuses it, too.
    Invalid,
    /// JavaScript takes it; this is what no matcher here can do.
    Unsupported(String),
}

/// Whether case counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Letters {
    AsWritten,
    AnyCase,
}

/// The test for whether the pattern matches a text anywhere.
pub(super) fn operator(source: &str, letters: Letters) -> Result<Operator, Refused> {
    let units: Vec<u16> = source.encode_utf16().collect();
    let (pattern, looks_around) = translate(&units, letters, Engine::Linear)?;
    if !looks_around {
        return Ok(Operator::Matches(vec![pattern], Search::Anywhere));
    }
    let (pattern, _) = translate(&units, letters, Engine::Backtracking)?;
    let built = Backtracking::anywhere(source, &pattern).map_err(Refused::Unsupported)?;
    Ok(Operator::MatchesForeign(Arc::new(built)))
}

/// Whom a pattern is written for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Engine {
    Linear,
    Backtracking,
}

/// The same pattern for an engine, and whether it looks around.
fn translate(source: &[u16], letters: Letters, engine: Engine) -> Result<(String, bool), Refused> {
    let mut reader = Reader {
        source,
        place: 0,
        letters,
        engine,
        groups: Groups::count(source),
        names: HashSet::new(),
        open: Vec::new(),
        before: Before::Nothing,
        out: String::new(),
        looks_around: false,
        lacking: None,
    };
    while let Some(unit) = reader.next() {
        reader.term(unit)?;
    }
    if !reader.open.is_empty() {
        return Err(Refused::Invalid);
    }
    match reader.lacking {
        None => Ok((reader.out, reader.looks_around)),
        Some(lacking) => Err(Refused::Unsupported(format!("it has {lacking}"))),
    }
}

/// A pattern while it is read.
struct Reader<'s> {
    source: &'s [u16],
    place: usize,
    letters: Letters,
    engine: Engine,
    groups: Groups,
    names: HashSet<Vec<u16>>,
    open: Vec<Before>,
    before: Before,
    out: String,
    looks_around: bool,
    lacking: Option<&'static str>,
}

/// What stands before a quantifier.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Before {
    /// Nothing that can be repeated.
    Nothing,
    /// Something that can.
    Atom,
}

impl Reader<'_> {
    fn term(&mut self, unit: u16) -> Result<(), Refused> {
        match char::from_u32(unit.into()).unwrap_or('\0') {
            '^' => self.assertion("\\A"),
            '$' => self.assertion("\\z"),
            '|' => self.assertion("|"),
            '(' => return self.opening(),
            ')' => {
                self.before = self.open.pop().ok_or(Refused::Invalid)?;
                self.out.push(')');
            }
            '*' => return self.repeat("*"),
            '+' => return self.repeat("+"),
            '?' => return self.repeat("?"),
            '{' => match self.bounds() {
                Some(bounds) => return self.repeat(&bounds?),
                None => self.atom(Units::one(unit)),
            },
            '[' => {
                let class = self.class()?;
                self.write_class(&class);
            }
            '.' => self.atom(Units::line_ends().complement()),
            '\\' => return self.escape(),
            plain if plain.is_ascii_alphanumeric() && self.letters == Letters::AsWritten => {
                self.out.push(plain);
                self.before = Before::Atom;
            }
            _ => self.atom(Units::one(unit)),
        }
        Ok(())
    }

    fn assertion(&mut self, written: &str) {
        self.out.push_str(written);
        self.before = Before::Nothing;
    }

    /// One code unit out of these.
    fn atom(&mut self, units: Units) {
        let units = if self.letters == Letters::AnyCase { units.in_any_case() } else { units };
        self.write_class(&units);
    }

    fn write_class(&mut self, units: &Units) {
        units.write(&mut self.out);
        self.before = Before::Atom;
    }

    /// After an opening parenthesis.
    fn opening(&mut self) -> Result<(), Refused> {
        let mut after = Before::Atom;
        let around = ["?=", "?!", "?<=", "?<!"].into_iter().find(|around| self.takes(around));
        if let Some(around) = around {
            self.looks_around = true;
            // What looks behind cannot be repeated.
            after = if around.len() == 2 { Before::Atom } else { Before::Nothing };
        } else if self.takes("?<") {
            let name = self.group_name().ok_or(Refused::Invalid)?;
            if !self.names.insert(name) {
                return Err(Refused::Invalid);
            }
        } else if !self.takes("?:") && self.peek() == Some(u16::from(b'?')) {
            return Err(Refused::Invalid);
        }
        self.open.push(after);
        if self.open.len() > DEPTH_MAX {
            self.lacks("groups nested this deep");
        }
        self.out.push('(');
        self.out.push_str(around.unwrap_or("?:"));
        self.before = Before::Nothing;
        Ok(())
    }

    /// The name up to `>`.
    fn group_name(&mut self) -> Option<Vec<u16>> {
        let rest = self.source.get(self.place..)?;
        let end = rest.iter().position(|unit| *unit == u16::from(b'>'))?;
        let name = rest.get(..end)?.to_vec();
        self.place += end + 1;
        let text = String::from_utf16(&name).ok()?;
        let mut characters = text.chars();
        let starts = |c: char| c.is_alphabetic() || c == '_' || c == '$';
        let is_name = characters.next().is_some_and(starts)
            && characters
                .all(|c| starts(c) || c.is_numeric() || c == '\u{200c}' || c == '\u{200d}');
        is_name.then_some(name)
    }

    fn repeat(&mut self, quantifier: &str) -> Result<(), Refused> {
        if self.before == Before::Nothing {
            return Err(Refused::Invalid);
        }
        self.out.push_str(quantifier);
        if self.takes("?") {
            self.out.push('?');
        }
        self.before = Before::Nothing;
        Ok(())
    }

    /// What stands behind `{`, if it is a quantifier; otherwise the brace stands for itself.
    fn bounds(&mut self) -> Option<Result<String, Refused>> {
        let start = self.place;
        let found = self.read_bounds();
        if found.is_none() {
            self.place = start;
        }
        found
    }

    fn read_bounds(&mut self) -> Option<Result<String, Refused>> {
        let least = self.digits()?;
        let has_comma = self.takes(",");
        let most = if has_comma { self.digits() } else { None };
        if !self.takes("}") {
            return None;
        }
        // Longer numbers compare by their length: they have no leading zeros by now.
        let is_less = |most: &String| (most.len(), most) < (least.len(), &least);
        if most.as_ref().is_some_and(is_less) {
            return Some(Err(Refused::Invalid));
        }
        if least.len() > 9 || most.as_ref().is_some_and(|most| most.len() > 9) {
            self.lacks("a repetition of this size");
            return Some(Ok("*".to_owned()));
        }
        let comma = if has_comma { "," } else { "" };
        Some(Ok(format!("{{{least}{comma}{}}}", most.unwrap_or_default())))
    }

    fn digits(&mut self) -> Option<String> {
        let mut digits = String::new();
        while let Some(digit) = self.peek().and_then(|unit| char::from_u32(unit.into())) {
            if !digit.is_ascii_digit() {
                break;
            }
            digits.push(digit);
            self.place += 1;
        }
        let significant = digits.trim_start_matches('0');
        let shown = if significant.is_empty() { "0" } else { significant };
        (!digits.is_empty()).then(|| shown.to_owned())
    }

    fn lacks(&mut self, what: &'static str) {
        self.lacking.get_or_insert(what);
    }

    fn peek(&self) -> Option<u16> {
        self.source.get(self.place).copied()
    }

    fn next(&mut self) -> Option<u16> {
        let unit = self.peek()?;
        self.place += 1;
        Some(unit)
    }

    /// Goes behind this text if it comes next.
    fn takes(&mut self, text: &str) -> bool {
        let end = self.place + text.len();
        let next = self.source.get(self.place..end).unwrap_or_default();
        let is_next = next.iter().copied().eq(text.encode_utf16());
        if is_next {
            self.place = end;
        }
        is_next
    }
}

/// What must be known of all groups before the first escape is read.
#[derive(Clone, Copy, Debug, Default)]
struct Groups {
    capturing: usize,
    has_names: bool,
}

impl Groups {
    fn count(source: &[u16]) -> Self {
        let mut found = Self::default();
        let mut is_in_class = false;
        let mut place = 0;
        while let Some(unit) = source.get(place) {
            let next = |offset: usize| source.get(place + offset).copied().map(u32::from);
            match char::from_u32((*unit).into()).unwrap_or('\0') {
                '\\' => place += 1,
                '[' => is_in_class = true,
                ']' => is_in_class = false,
                '(' if !is_in_class && next(1) != Some('?'.into()) => found.capturing += 1,
                '(' if !is_in_class && next(2) == Some('<'.into()) => {
                    let is_name = ![Some('='.into()), Some('!'.into())].contains(&next(3));
                    found.has_names |= is_name;
                    found.capturing += usize::from(is_name);
                }
                _ => {}
            }
            place += 1;
        }
        found
    }
}

/// The core's matcher takes 100 levels.
const DEPTH_MAX: usize = 90;

#[cfg(test)]
mod tests;
