//! Resolutions: what an evaluation found, borrowed from the snapshot.

use std::sync::Arc;

use crate::counters::Outcome;
use crate::document::Variant;
use crate::reason::Reason;
use crate::snapshot::flag::{Flag, RuleName};
use crate::value::{Structure, Value};

/// What a flag serves for a context.
///
/// Everything is borrowed from the snapshot: nothing is copied until the
/// application asks for something of its own.
#[derive(Clone, Copy, Debug)]
pub struct Resolution<'s> {
    pub(crate) variant: Option<&'s Variant>,
    pub(crate) rule: Option<&'s RuleName>,
    pub(crate) position: u32,
    /// The number of the variant; none of the flag's where it is the caller's default.
    pub(crate) place: u32,
}

impl<'s> Resolution<'s> {
    /// The value to use; `None` stands for the caller's default.
    pub fn value(&self) -> Option<&'s Value> {
        self.variant.map(|variant| &variant.value)
    }

    /// The name of the variant, if what is served has one.
    pub fn variant(&self) -> Option<&'s str> {
        self.variant?.key.as_deref()
    }

    /// The place of the variant among the flag's; `None` if what is served is the caller's default.
    pub fn variant_position(&self) -> Option<usize> {
        self.variant.and(usize::try_from(self.place).ok())
    }

    /// The name of the variant for keeping.
    pub fn variant_arc(&self) -> Option<Arc<str>> {
        self.variant?.key.clone()
    }

    /// Further facts about what is served.
    pub fn variant_metadata(&self) -> Option<&'s Arc<Structure>> {
        self.variant?.metadata.as_ref()
    }

    /// The id of the rule that decided, if it has one.
    pub fn rule(&self) -> Option<&'s str> {
        self.rule?.id.as_deref()
    }

    /// The id of the rule for keeping.
    pub fn rule_arc(&self) -> Option<Arc<str>> {
        self.rule?.id.clone()
    }

    /// The place of the rule that decided among the flag's rules; `None` if none did.
    pub fn rule_position(&self) -> Option<usize> {
        self.rule.and(usize::try_from(self.position).ok())
    }

    /// What the flag management system itself calls the outcome.
    pub fn label(&self) -> Option<&'s str> {
        self.rule?.label.as_deref()
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.rule.map_or(Reason::Default, |rule| rule.reason)
    }

    /// Variant and reason of this resolution of a flag as a number, for those who count.
    #[inline]
    pub fn outcome(&self, flag: &Flag) -> Outcome {
        let code = match self.rule {
            // The first rule's own, and to know that is cheaper than to look.
            _ if self.position == 0 => 0,
            Some(rule) => rule.code,
            None => flag.outcomes.unruled,
        };
        flag.outcomes.of(code, self.place)
    }

    /// Whether the flag counts as on.
    pub fn is_enabled(&self) -> bool {
        self.variant.is_some_and(|variant| variant.enabled)
    }
}

impl PartialEq for Resolution<'_> {
    /// The same variant for the same reason, by a rule of the same name at the same place.
    fn eq(&self, other: &Self) -> bool {
        let outcome = |of: &Self| (of.rule_position(), of.reason());
        self.variant == other.variant
            && outcome(self) == outcome(other)
            && (self.rule(), self.label()) == (other.rule(), other.label())
    }
}
