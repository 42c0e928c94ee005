//! Regular expressions, each compiled once however many flags use it.

use std::sync::{Arc, Weak};

use hashbrown::HashMap;
use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;

use crate::snapshot::condition::{Matcher, Pattern};
use crate::text::{Case, PlainPattern};

/// The patterns of one compile.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    /// Where case counts, and where it does not.
    known: [HashMap<Box<str>, Weak<Pattern>>; 2],
    memory: usize,
}

/// Why a pattern cannot be used.
pub(super) enum Unusable {
    /// It is no pattern.
    Malformed(String),
    /// It is one, and larger than is allowed here.
    TooLarge(String),
}

impl Patterns {
    /// The compiled pattern, or why there is none.
    pub(super) fn compile(&mut self, source: &str, case: Case) -> Result<Arc<Pattern>, Unusable> {
        let known = usize::from(case != Case::Sensitive);
        let found = self.known.get(known).and_then(|known| known.get(source));
        if let Some(pattern) = found.and_then(Weak::upgrade) {
            return Ok(pattern);
        }
        let plain = match case {
            Case::Sensitive => PlainPattern::parse(source),
            Case::Insensitive | Case::Lowered => None,
        };
        let matcher = match plain {
            Some(plain) => Matcher::Plain(plain),
            None => Matcher::Engine(self.build(source, case)?),
        };
        let pattern = Arc::new(Pattern { source: source.into(), matcher });
        if let Some(known) = self.known.get_mut(known) {
            known.insert(source.into(), Arc::downgrade(&pattern));
        }
        Ok(pattern)
    }

    fn build(&mut self, source: &str, case: Case) -> Result<Regex, Unusable> {
        let regex = build(source, case)?;
        self.memory = self.memory.saturating_add(regex.memory_usage());
        if self.memory > TOTAL_MAX {
            let most = TOTAL_MAX / MEBIBYTE;
            let why = format!("all patterns together need more than {most} MiB");
            return Err(Unusable::TooLarge(why));
        }
        Ok(regex)
    }
}

fn build(source: &str, case: Case) -> Result<Regex, Unusable> {
    let syntax =
        syntax::Config::new().case_insensitive(case != Case::Sensitive).nest_limit(NESTING_MAX);
    let limits = meta::Config::new()
        .nfa_size_limit(Some(ONE_MAX))
        .onepass_size_limit(Some(ONE_MAX))
        .hybrid_cache_capacity(ONE_MAX);
    let built = Regex::builder().syntax(syntax).configure(limits).build(source);
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
