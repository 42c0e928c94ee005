//! Texts and lists that need more than the core's operators.

use std::collections::HashMap;

use flagkit_core::document::{ForeignPattern, Operator, Search, TextReading};
use serde_json::Value as Json;
use std::sync::Arc;

use crate::json::value_from_json;

/// A pattern; `None` if it is none, so that nothing matches it.
pub(super) fn pattern(source: &str) -> Option<Operator> {
    let regex = fancy_regex::Regex::new(source).ok()?;
    if is_plain(source) {
        return Some(Operator::Matches(vec![source.to_owned()], Search::Anywhere));
    }
    let source = source.to_owned();
    Some(Operator::MatchesForeign(Arc::new(Backtracking { source, regex })))
}

/// Whether a pattern means the same to the core's engine, which takes linear time: nothing but
/// literals, classes, groups and the commonest escapes.
fn is_plain(source: &str) -> bool {
    let mut characters = source.chars().peekable();
    let mut quantified = false;
    while let Some(character) = characters.next() {
        let is_quantifier = matches!(character, '*' | '+' | '?' | '}');
        let is_known = match character {
            // Behind another quantifier it would give nothing back.
            '+' if quantified => false,
            '\\' => characters.next().is_some_and(|next| KNOWN_ESCAPES.contains(next)),
            '(' if characters.peek() == Some(&'?') => {
                characters.next();
                characters.next() == Some(':')
            }
            _ => true,
        };
        if !is_known {
            return false;
        }
        quantified = is_quantifier;
    }
    true
}

/// A pattern for an engine that tries again where it failed; it gives up after a million steps.
#[derive(Debug)]
struct Backtracking {
    source: String,
    regex: fancy_regex::Regex,
}

impl ForeignPattern for Backtracking {
    fn matches(&self, text: &str) -> Option<bool> {
        self.regex.is_match(text).ok()
    }

    fn source(&self) -> &str {
        &self.source
    }
}

/// What a list or an object must be like. It is asked for the value as JSON.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// A list with one of these texts.
    HasAny(Vec<String>),
    /// A list with all of these texts.
    HasAll(Vec<String>),
    /// A list of so many elements, those at these places with these texts.
    List(usize, Vec<(usize, String)>),
    /// An object of these members, by their texts.
    Object(HashMap<String, String>),
}

impl Shape {
    /// The operator; it reads values as JSON.
    pub(super) fn operator(self) -> Operator {
        Operator::MatchesForeign(Arc::new(self))
    }

    fn is_met(&self, value: &Json) -> Option<bool> {
        let holds = |items: &[Json], text: &String| items.iter().any(|item| is_text(item, text));
        Some(match self {
            Self::HasAny(texts) => {
                let items = value.as_array()?;
                texts.iter().any(|text| holds(items, text))
            }
            Self::HasAll(texts) => {
                let items = value.as_array()?;
                texts.iter().all(|text| holds(items, text))
            }
            Self::List(len, texts) => {
                let items = value.as_array()?;
                let is_at = |(place, text): &(usize, String)| {
                    items.get(*place).is_some_and(|item| is_text(item, text))
                };
                items.len() == *len && texts.iter().all(is_at)
            }
            Self::Object(texts) => {
                let members = value.as_object()?;
                let has = |(name, text): (&String, &String)| {
                    members.get(name).is_some_and(|member| is_text(member, text))
                };
                members.len() == texts.len() && texts.iter().all(has)
            }
        })
    }
}

/// Whether this is the text of an element; null and objects have none.
fn is_text(item: &Json, text: &str) -> bool {
    let read = TextReading::DoublesAndLists.text(value_from_json(item).borrow());
    read.is_some_and(|read| read == text)
}

impl ForeignPattern for Shape {
    fn matches(&self, text: &str) -> Option<bool> {
        self.is_met(&serde_json::from_str(text).ok()?)
    }

    fn source(&self) -> &'static str {
        "a list or an object of given texts"
    }
}

const KNOWN_ESCAPES: &str = "dDwWsS.nrt-/*?+()[]{}|^$\\@_";
