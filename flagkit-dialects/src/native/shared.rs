//! The parts of a flag that all its rules read.

use super::Outline;
use super::variant::Variants;
use crate::bounds::Salted;

/// What all rules of one flag share.
pub(super) struct Shared<'s> {
    pub(super) variants: Variants<'s>,
    pub(super) salted: Salted<'s>,
    pub(super) bucket_by: &'s str,
    pub(super) outline: &'s Outline<'s>,
}

impl Shared<'_> {
    pub(super) fn environment(&self) -> Option<&str> {
        self.outline.environment.as_deref()
    }
}
