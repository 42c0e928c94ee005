//! Why a request was refused.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The JSON body of every refusal.
///
/// ```
/// use flagkit_protocol::Problem;
///
/// let problem = Problem::new("not_found", "there is no flag `betta`").hint("did you mean `beta`?");
/// let json = r#"{"code":"not_found","message":"there is no flag `betta`","hint":"did you mean `beta`?"}"#;
/// assert_eq!(serde_json::to_string(&problem)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// What kind, for programs: `not_found`, `conflict`, `invalid_document`.
    pub code: String,
    /// What is wrong, for people.
    pub message: String,
    /// Where in the request or its document: `flags.beta.rollout_percentage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How to mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// More about it, where a code promises that: both versions of a conflict, all diagnostics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
}

impl Problem {
    /// A problem without place and mend.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), ..Self::default() }
    }

    /// With a place.
    #[must_use]
    pub fn path(self, path: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..self }
    }

    /// With a way to mend it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// With more about it.
    #[must_use]
    pub fn details(self, details: serde_json::Value) -> Self {
        Self { details: Some(details), ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{path}: ")?;
        }
        f.write_str(&self.message)?;
        self.hint.iter().try_for_each(|hint| write!(f, "\n  {hint}"))
    }
}

impl std::error::Error for Problem {}
