//! How a publisher's flags are doing.

use flagkit_core::Diagnostic;

/// How a client is doing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// Whether flags have been loaded at all.
    pub is_ready: bool,
    /// How many documents have been published.
    pub publications: u64,
    /// The revision of the current document, where its flag management system counts.
    pub revision: Option<u64>,
    /// What is wrong with the current document; its malformed flags answer with an error.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the last document was refused, if it was.
    pub last_problem: Option<String>,
}
