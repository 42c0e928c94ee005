//! Why a plan cannot run: where, what, and how to mend it.

use std::fmt;

/// One reason why a plan cannot run.
///
/// ```
/// use flagkit_deploy::Refusal;
///
/// let refusal = Refusal::new("steps[2].split", "the weights add up to 90%", "make them add up to 100%");
/// assert_eq!(refusal.to_string(), "steps[2].split: the weights add up to 90%; make them add up to 100%");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The path in the plan: `steps[2].split`.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
    /// What to do.
    pub mend: String,
}

impl Refusal {
    /// A reason.
    pub fn new(
        path: impl Into<String>,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self { path: path.into(), problem: problem.into(), mend: mend.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}; {}", self.path, self.problem, self.mend)
    }
}

impl std::error::Error for Refusal {}
