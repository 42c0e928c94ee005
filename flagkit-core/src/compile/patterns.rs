//! Regular expressions, each compiled once however many flags use it.
//!
//! Several in one list become one engine, which looks at a text once for all of them.

use std::sync::{Arc, Weak};

use hashbrown::{Equivalent, HashMap};
use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;

use crate::snapshot::condition::{Matcher, Pattern};
use crate::text::{Case, PlainPattern};

/// The patterns of one compile.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    /// Where case counts, and where it does not.
    known: [Known; 2],
    memory: usize,
}

/// Patterns by the texts they came from.
type Known = HashMap<Box<[Box<str>]>, Weak<Pattern>>;

/// Why a pattern cannot be used.
pub(super) enum Unusable {
    /// It is no pattern.
    Malformed(String),
    /// It is one, and larger than is allowed here.
    TooLarge(String),
}

impl Patterns {
    /// What finds any of these patterns, or the one that cannot be used and why.
    pub(super) fn compile<'s>(
        &mut self,
        sources: &'s [String],
        case: Case,
    ) -> Result<Box<[Arc<Pattern>]>, (&'s str, Unusable)> {
        let sources = sources.iter().map(String::as_str);
        let (plain, others): (Vec<_>, Vec<_>) =
            sources.partition(|source| plain(source, case).is_some());
        // Together they may be too large, or one of them is no pattern: alone they tell which.
        let together = if others.len() > 1 { self.one_of(&others, case).ok() } else { None };
        let alone = if together.is_some() { Vec::new() } else { others };
        let alone = plain
            .into_iter()
            .chain(alone)
            .map(|source| self.one_of(&[source], case).map_err(|unusable| (source, unusable)));
        let mut patterns = alone.collect::<Result<Vec<_>, _>>()?;
        patterns.extend(together);
        Ok(patterns.into())
    }

    /// One pattern for any of these.
    fn one_of(&mut self, sources: &[&str], case: Case) -> Result<Arc<Pattern>, Unusable> {
        let known = usize::from(case != Case::Sensitive);
        let found = self.known.get(known).and_then(|known| known.get(&Sources(sources)));
        if let Some(pattern) = found.and_then(Weak::upgrade) {
            return Ok(pattern);
        }
        let plain = match sources {
            [source] => plain(source, case),
            _ => None,
        };
        let matcher = match plain {
            Some(plain) => Matcher::Plain(plain),
            None => Matcher::Engine(self.build(sources, case)?),
        };
        let sources: Box<[Box<str>]> = sources.iter().map(|source| Box::from(*source)).collect();
        let pattern = Arc::new(Pattern { sources: sources.clone(), matcher });
        if let Some(known) = self.known.get_mut(known) {
            known.insert(sources, Arc::downgrade(&pattern));
        }
        Ok(pattern)
    }

    fn build(&mut self, sources: &[&str], case: Case) -> Result<Regex, Unusable> {
        let regex = build(sources, case)?;
        self.memory = self.memory.saturating_add(regex.memory_usage());
        if self.memory > TOTAL_MAX {
            let most = TOTAL_MAX / MEBIBYTE;
            let why = format!("all patterns together need more than {most} MiB");
            return Err(Unusable::TooLarge(why));
        }
        Ok(regex)
    }
}

/// A pattern that needs no engine.
fn plain(source: &str, case: Case) -> Option<PlainPattern> {
    match case {
        Case::Sensitive => PlainPattern::parse(source),
        Case::Insensitive | Case::Lowered => None,
    }
}

/// Texts by which patterns are found among those that are known.
#[derive(Hash)]
struct Sources<'s>(&'s [&'s str]);

impl Equivalent<Box<[Box<str>]>> for Sources<'_> {
    fn equivalent(&self, known: &Box<[Box<str>]>) -> bool {
        known.iter().map(|source| &**source).eq(self.0.iter().copied())
    }
}

fn build(sources: &[&str], case: Case) -> Result<Regex, Unusable> {
    let syntax =
        syntax::Config::new().case_insensitive(case != Case::Sensitive).nest_limit(NESTING_MAX);
    let limits = meta::Config::new()
        .nfa_size_limit(Some(ONE_MAX))
        .onepass_size_limit(Some(ONE_MAX))
        .hybrid_cache_capacity(ONE_MAX);
    let built = Regex::builder().syntax(syntax).configure(limits).build_many(sources);
    built.map_err(|error| match error.size_limit() {
        Some(_) => Unusable::TooLarge(format!("it needs more than {} MiB", ONE_MAX / MEBIBYTE)),
        None => Unusable::Malformed(last_line(
            &std::error::Error::source(&error).map_or(error.to_string(), ToString::to_string),
        )),
    })
}

/// The parser of patterns draws a picture over several lines; its last line says what is wrong.
fn last_line(message: &str) -> String {
    let last = message.lines().last().unwrap_or(message);
    last.trim_start_matches("error: ").to_owned()
}

const MEBIBYTE: usize = 1024 * 1024;
const ONE_MAX: usize = MEBIBYTE;
const TOTAL_MAX: usize = 256 * MEBIBYTE;
const NESTING_MAX: u32 = 100;

#[cfg(test)]
mod tests;
