//! What an evaluation found, for keeping.

use flagkit_core::{ErrorCode, Reason, Structure};
use std::sync::Arc;

use flagkit_client::Str;

/// A flag's value and how it came about.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Details<T> {
    /// The flag's value, or the caller's default.
    pub value: T,
    /// Whether the flag is on for this context.
    pub enabled: bool,
    /// The variant, if what was served has a name.
    pub variant: Option<Str>,
    /// Why.
    pub reason: Reason,
    /// Why there is no value of the flag's own; `reason` is then [`Reason::Error`].
    pub error: Option<ErrorCode>,
    /// The id of the rule that decided.
    pub rule: Option<Str>,
    /// The version of the flag, where its flag management system counts.
    pub flag_version: Option<u64>,
    /// What the flag carries for whoever evaluates it.
    pub metadata: Option<Arc<Structure>>,
}

impl<T> Details<T> {
    pub(crate) fn failed(value: T, code: ErrorCode) -> Self {
        Self {
            value,
            enabled: false,
            variant: None,
            reason: Reason::Error,
            error: Some(code),
            rule: None,
            flag_version: None,
            metadata: None,
        }
    }

    /// A flag that is not found before there are any flags is not ready rather than unknown.
    pub(crate) fn unless_ready(self, is_ready: bool) -> Self {
        match self.error {
            Some(ErrorCode::FlagNotFound) if !is_ready => {
                Self { error: Some(ErrorCode::ProviderNotReady), ..self }
            }
            _ => self,
        }
    }
}
