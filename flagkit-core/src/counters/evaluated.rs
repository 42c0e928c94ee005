//! What a witness of every evaluation is told.

use std::sync::Arc;

use crate::reason::{ErrorCode, Reason};
use crate::value::{Structure, Value, ValueRef};

/// One evaluation and what came of it. Borrowed: whoever wants to keep something copies it.
///
/// Of the context there is the targeting key and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Evaluated<'e> {
    pub(crate) key: &'e str,
    pub(crate) targeting_key: Option<ValueRef<'e>>,
    pub(crate) flag_version: Option<u64>,
    pub(crate) metadata: Option<&'e Arc<Structure>>,
    pub(crate) found: Result<Served<'e>, ErrorCode>,
}

/// What was served.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Served<'e> {
    pub(crate) value: Option<&'e Value>,
    pub(crate) is_enabled: bool,
    pub(crate) variant: Option<&'e str>,
    pub(crate) reason: Reason,
    pub(crate) rule: Option<&'e str>,
}

impl<'e> Evaluated<'e> {
    /// The key that was asked for.
    pub fn key(&self) -> &'e str {
        self.key
    }

    /// What was served; `None` stands for the default of the caller.
    pub fn value(&self) -> Option<&'e Value> {
        self.found.ok()?.value
    }

    /// Whether the flag was on; off where anything was wrong.
    pub fn is_enabled(&self) -> bool {
        self.found.is_ok_and(|served| served.is_enabled)
    }

    /// The variant, if what was served has a name.
    pub fn variant(&self) -> Option<&'e str> {
        self.found.ok()?.variant
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.found.map_or(Reason::Error, |served| served.reason)
    }

    /// Why not, where the evaluation failed.
    pub fn error(&self) -> Option<ErrorCode> {
        self.found.err()
    }

    /// The id of the rule that decided.
    pub fn rule(&self) -> Option<&'e str> {
        self.found.ok()?.rule
    }

    /// The version of the flag, where its flag management system counts.
    pub fn flag_version(&self) -> Option<u64> {
        self.flag_version
    }

    /// What the flag carries for whoever evaluates it.
    pub fn metadata(&self) -> Option<&'e Arc<Structure>> {
        self.metadata
    }

    /// Who was evaluated.
    pub fn targeting_key(&self) -> Option<ValueRef<'e>> {
        self.targeting_key
    }

    /// The same, where a flag that was not found was asked for before there were any.
    #[must_use]
    pub fn unless_ready(self, is_ready: bool) -> Self {
        match self.found {
            Err(ErrorCode::FlagNotFound) if !is_ready => {
                Self { found: Err(ErrorCode::ProviderNotReady), ..self }
            }
            _ => self,
        }
    }
}
