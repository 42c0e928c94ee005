//! Diagnostics: what is wrong with a document, and what happens instead.

use std::fmt;

/// One thing that is wrong with a document.
///
/// Its text reads `path: problem; consequence; mend`, for example
/// `` flags.new-checkout.dependencies[0]: there is no flag `payments`; the flag answers the
/// caller's default with PARSE_ERROR; add the flag or remove the dependency ``.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Whether something fails because of it.
    pub severity: Severity,
    /// Where in the document: `flags.new-checkout.targeting_rules[2].conditions[0].values`.
    pub path: String,
    /// What is wrong, with the user's input in backticks.
    pub problem: String,
    /// What happens instead.
    pub consequence: String,
    /// How to mend it.
    pub mend: String,
    /// The text in the document that is at fault, for finding its exact place.
    pub about: Option<String>,
    /// How many characters into the text at `path` the trouble begins, where that is a line of
    /// the condition language.
    pub offset: usize,
}

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "writers refuse errors and accept warnings")]
pub enum Severity {
    /// Everything works; the author may have meant something else.
    Warning,
    /// A flag or segment fails. Whoever writes documents refuses this one.
    Error,
}

impl Diagnostic {
    /// An error: a flag or segment fails.
    pub fn error(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            path: path.into(),
            problem: problem.into(),
            consequence: "the flag answers the caller's default with PARSE_ERROR".into(),
            mend: String::new(),
            about: None,
            offset: 0,
        }
    }

    /// A warning: everything works.
    pub fn warning(path: impl Into<String>, problem: impl Into<String>) -> Self {
        let severity = Severity::Warning;
        Self { severity, consequence: String::new(), ..Self::error(path, problem) }
    }

    /// The same as a warning with this consequence.
    pub(crate) fn into_warning(self, consequence: &str) -> Self {
        let severity = Severity::Warning;
        Self { severity, consequence: consequence.into(), ..self }
    }

    /// With this consequence.
    pub fn with_consequence(self, consequence: impl Into<String>) -> Self {
        Self { consequence: consequence.into(), ..self }
    }

    /// With this advice.
    pub fn with_mend(self, mend: impl Into<String>) -> Self {
        Self { mend: mend.into(), ..self }
    }

    /// With the text that is at fault.
    pub fn about(self, text: impl Into<String>) -> Self {
        Self { about: Some(text.into()), ..self }
    }

    /// With the trouble this many characters into the text at its path.
    pub fn with_offset(self, offset: usize) -> Self {
        Self { offset, ..self }
    }

    /// Whether a flag or segment fails because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)?;
        for part in [&self.consequence, &self.mend] {
            if !part.is_empty() {
                write!(f, "; {part}")?;
            }
        }
        Ok(())
    }
}
