//! What is wrong with a file: where, what, and how to mend it.

use std::fmt;

use flagkit_core::Diagnostic;
use flagkit_dialects::{Position, place};

/// One mistake in a configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    /// The name of the file, as the reader was told it.
    pub file: String,
    /// The path: `strategy.canary.stages[1]`; empty for the file as a whole.
    pub path: String,
    /// Line and column, counted from 1, where they are known.
    pub position: Option<Position>,
    /// What is wrong there.
    pub problem: String,
    /// What to do.
    pub mend: String,
}

/// `release.yaml:7:14: strategy.canary.stages[1]: 5% is not more than 10% before it; write …`.
impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if let Some(Position { line, column, .. }) = self.position {
            write!(formatter, ":{line}:{column}")?;
        }
        if !self.path.is_empty() {
            write!(formatter, ": {}", self.path)?;
        }
        write!(formatter, ": {}; {}", self.problem, self.mend)
    }
}

impl std::error::Error for ConfigError {}

/// A mistake whose place is not looked up yet.
#[derive(Debug)]
pub(super) struct Finding {
    path: String,
    problem: String,
    mend: String,
    about: Option<String>,
}

impl Finding {
    pub(super) fn new(path: &str, problem: impl Into<String>, mend: &str) -> Self {
        let (path, problem, mend) = (path.to_owned(), problem.into(), mend.to_owned());
        Self { path, problem, mend, about: None }
    }

    /// It is about this key, not about its value.
    pub(super) fn about(self, key: &str) -> Self {
        Self { about: Some(key.to_owned()), ..self }
    }
}

/// Mistakes; of very many the first.
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    unlisted: usize,
}

impl Findings {
    pub(super) fn add(&mut self, path: &str, problem: impl Into<String>, mend: &str) {
        self.push(Finding::new(path, problem, mend));
    }

    pub(super) fn push(&mut self, finding: Finding) {
        if self.list.len() < LISTED_MAX { self.list.push(finding) } else { self.unlisted += 1 }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Gives findings from this one on that are at the one path the other.
    pub(super) fn shorten(&mut self, from: usize, long: &str, short: &str) {
        for finding in self.list.iter_mut().skip(from) {
            if finding.path == long {
                short.clone_into(&mut finding.path);
            }
        }
    }

    /// All of them with their places in the text.
    pub(super) fn into_errors(self, text: &str, file: &str) -> Vec<ConfigError> {
        let diagnostic = |finding: &Finding| {
            let diagnostic = Diagnostic::error(finding.path.clone(), finding.problem.clone());
            match &finding.about {
                Some(about) => diagnostic.about(about),
                None => diagnostic,
            }
        };
        let mut diagnostics: Vec<_> = self.list.iter().map(diagnostic).collect();
        let places = place(text, &mut diagnostics);
        let errors = self.list.into_iter().zip(places).map(|(finding, position)| ConfigError {
            file: file.to_owned(),
            path: finding.path,
            position,
            problem: finding.problem,
            mend: finding.mend,
        });
        let mut errors: Vec<_> = errors.collect();
        errors.sort_by_key(|error| error.position.map(|place| (place.line, place.column)));
        if self.unlisted > 0 {
            errors.push(ConfigError {
                file: file.to_owned(),
                path: String::new(),
                position: None,
                problem: format!("{} more mistakes are not listed", self.unlisted),
                mend: "mend the others first".to_owned(),
            });
        }
        errors
    }
}

/// The most mistakes that are listed.
const LISTED_MAX: usize = 200;
