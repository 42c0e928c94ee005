//! What became of a condition.

use std::fmt;

/// The ways in which a condition ends.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    True,
    False,
    NoUser,
    Missing { attribute: String },
    Invalid { attribute: String, reason: String },
    Fatal(Fatal),
}

impl Outcome {
    pub(super) fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    pub(super) fn is_true(&self) -> bool {
        *self == Self::True
    }

    /// The same, negated if it could be evaluated.
    pub(super) fn negated_if(self, is_negated: bool) -> Self {
        match self {
            Self::True => Self::of(!is_negated),
            Self::False => Self::of(is_negated),
            other => other,
        }
    }
}

/// An error, in words.
impl From<&str> for Outcome {
    fn from(error: &str) -> Self {
        Self::Fatal(Fatal::new(error))
    }
}

/// What stands behind a THEN, and for a segment that cannot be evaluated.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::True => f.write_str("MATCH, applying rule"),
            Self::False => f.write_str("no match"),
            Self::NoUser => f.write_str("cannot evaluate, User Object is missing"),
            Self::Missing { attribute } => {
                write!(f, "cannot evaluate, the User.{attribute} attribute is missing")
            }
            Self::Invalid { attribute, reason } => {
                write!(f, "cannot evaluate, the User.{attribute} attribute is invalid ({reason})")
            }
            Self::Fatal(fatal) => write!(f, "cannot evaluate ({})", fatal.error),
        }
    }
}

/// Why a setting serves the caller's default.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fatal {
    pub(super) error: String,
    pub(super) circle: Option<String>,
}

impl Fatal {
    pub(super) fn new(error: impl Into<String>) -> Self {
        Self { error: error.into(), circle: None }
    }
}
