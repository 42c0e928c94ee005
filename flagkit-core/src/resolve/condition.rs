//! Does a condition hold?

use std::mem;

use crate::document::{Accepts, Broken, Failing, Lookup, Unreadable};
use crate::reason::{ErrorCode, Reason};
use crate::resolution::Resolution;
use crate::snapshot::condition::{AnyElement, Condition, KnownTest, Prerequisite, Test};
use crate::snapshot::describe::Described;
use crate::snapshot::flag::{Flag, Node, Segment, Status};
use crate::text::Case;
use crate::trace::{Scope, Trace};
use crate::value::{Attributes, Value, ValueRef};

use super::Resolver;
use super::check::equal;
use super::lookup;
use super::sharing::Sharing;

impl<'s: 'c, 'c, C: Attributes + ?Sized, T: Trace, S: Sharing<'s, 'c>>
    Resolver<'s, 'c, '_, C, T, S>
{
    #[inline]
    pub(super) fn holds(
        &mut self,
        flag: &'s Flag,
        condition: &'s Condition,
    ) -> Result<bool, ErrorCode> {
        match condition {
            Condition::Always => Ok(true),
            Condition::Test(test) => self.passes(test),
            other => self.holds_inner(&flag.status, other),
        }
    }

    /// The same with the status of the flag or segment that holds the condition.
    pub(super) fn holds_inner(
        &mut self,
        owner: &'s Status,
        condition: &'s Condition,
    ) -> Result<bool, ErrorCode> {
        match condition {
            Condition::Always => Ok(true),
            Condition::Test(test) => self.passes(test),
            Condition::All(all) => self.grouped(&Scope::All, |this| this.all(owner, all)),
            Condition::Any(any) => self.grouped(&Scope::Any, |this| this.any(owner, any)),
            Condition::Not(inner) => {
                self.grouped(&Scope::Not, |this| Ok(!this.holds_inner(owner, inner)?))
            }
            Condition::InBucket(bucket) => {
                self.grouped(&Scope::Bucket, |this| this.is_inside(bucket))
            }
            Condition::InRamp(ramp) => self.grouped(&Scope::Bucket, |this| this.is_in_ramp(ramp)),
            Condition::InSegment(index) => self.is_in_segment(owner, *index),
            Condition::Prerequisite(prerequisite) => self.is_fulfilled(owner, prerequisite),
            Condition::AnyElement(any) => {
                self.grouped(&Scope::AnyElement(&any.list), |this| this.any_element(owner, any))
            }
            Condition::Refuted(all) => {
                self.grouped(&Scope::Refuted, |this| this.refuted(owner, all))
            }
            Condition::Holds(expression) => {
                self.grouped(&Scope::Expression, |this| this.is_true(expression))
            }
            Condition::Fails(code) => Err(*code),
        }
    }

    fn all(&mut self, owner: &'s Status, all: &'s [Condition]) -> Result<bool, ErrorCode> {
        for inner in all {
            if !self.holds_inner(owner, inner)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn any(&mut self, owner: &'s Status, any: &'s [Condition]) -> Result<bool, ErrorCode> {
        for inner in any {
            if self.holds_inner(owner, inner)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn refuted(
        &mut self,
        owner: &'s Status,
        all: &'s [(Condition, Condition)],
    ) -> Result<bool, ErrorCode> {
        for (proof, refutation) in all {
            if !self.holds_inner(owner, proof)? {
                return self.holds_inner(owner, refutation);
            }
        }
        Ok(false)
    }

    fn any_element(&mut self, owner: &'s Status, any: &'s AnyElement) -> Result<bool, ErrorCode> {
        let Some(ValueRef::List(list)) = self.find(&any.list) else { return Ok(false) };
        let outer = self.element;
        let mut found = Ok(false);
        for element in list.iter().filter(|element| any.with_null || !element.is_null()) {
            self.element = element;
            found = self.holds_inner(owner, &any.when);
            if found != Ok(false) {
                break;
            }
        }
        self.element = outer;
        found
    }

    #[inline]
    fn grouped(
        &mut self,
        scope: &Scope<'_>,
        decide: impl FnOnce(&mut Self) -> Result<bool, ErrorCode>,
    ) -> Result<bool, ErrorCode> {
        self.trace.enter(scope);
        let holds = decide(self);
        self.trace.leave(holds);
        holds
    }

    #[inline]
    fn passes(&mut self, test: &'s KnownTest) -> Result<bool, ErrorCode> {
        if !S::IS_SHARED || !self.element.is_null() {
            return self.passes_now(test);
        }
        if let Some(holds) = self.sharing.recall(test) {
            return Ok(holds);
        }
        let holds = self.passes_now(test)?;
        self.sharing.remember(test, holds);
        Ok(holds)
    }

    #[inline]
    fn passes_now(&mut self, test: &'s Test) -> Result<bool, ErrorCode> {
        // The value is looked at where it lies: a processor waits if it copies in sixteen bytes what
        // was written in eight a moment ago.
        let found = match &test.lookup {
            Lookup::Name(name) => self.context.attribute(name),
            other => lookup::find(other, self.context, self.ambient, self.now, self.element),
        };
        let value = found.as_ref().filter(|value| !value.is_null());
        let holds = match value.map(|value| test.meets(value)) {
            None => Ok(test.when_missing),
            Some(Some(meets)) => Ok(meets != test.negate),
            Some(None) => match test.when_unreadable {
                Unreadable::DoesNotMeet => Ok(test.negate),
                Unreadable::Holds(holds) => Ok(holds),
                Unreadable::Fails(code) => Err(code),
            },
        };
        if T::LISTENS {
            self.trace.test(&Described(test), value.copied(), holds);
        }
        holds
    }

    fn is_in_segment(&mut self, owner: &'s Status, index: u32) -> Result<bool, ErrorCode> {
        let rules = self.snapshot.references;
        let Some(segment) = self.snapshot.segment_slot(index) else {
            return Self::broken(rules.unknown_segment);
        };
        if rules.circle != Broken::Reentered && owner.leads_back(Node::Segment(index)) {
            return Self::broken(rules.circle);
        }
        let is_alike = !self.snapshot.segments_vary && segment.status.circular.is_none();
        if !S::IS_SHARED || !self.element.is_null() || !is_alike {
            return self.segment(segment);
        }
        if let Some(holds) = self.sharing.recall_segment(index) {
            return Ok(holds);
        }
        let holds = self.segment(segment)?;
        self.sharing.remember_segment(index, holds);
        Ok(holds)
    }

    pub(super) fn segment(&mut self, segment: &'s Segment) -> Result<bool, ErrorCode> {
        if let Some(code) = segment.status.fault
            && segment.status.is_malformed
        {
            return Err(code);
        }
        self.grouped(&Scope::Segment(&segment.key), |this| {
            if this.may_reenter(&segment.status) {
                return this.segment_on_circle(segment);
            }
            this.holds_inner(&segment.status, &segment.when)
        })
    }

    fn is_fulfilled(
        &mut self,
        owner: &'s Status,
        prerequisite: &'s Prerequisite,
    ) -> Result<bool, ErrorCode> {
        let rules = self.snapshot.references;
        let Some(flag) = self.snapshot.flag_slot(prerequisite.flag) else {
            return Self::broken(rules.unknown_flag);
        };
        if rules.circle != Broken::Reentered && owner.leads_back(Node::Flag(prerequisite.flag)) {
            return Self::broken(rules.circle);
        }
        self.grouped(&Scope::Prerequisite(&prerequisite.accepts), |this| {
            let outer = mem::replace(&mut this.element, ValueRef::Null);
            let holds = match (this.flag(flag), prerequisite.when_failing) {
                (Ok(found), _) => this.is_accepted(owner, prerequisite, &found),
                (Err(code), Failing::Fails) => Err(code),
                (Err(code), Failing::FailsWith(this)) if code == this => Err(code),
                (Err(_), Failing::NotAccepted | Failing::FailsWith(_)) => Ok(false),
            };
            this.element = outer;
            holds
        })
    }

    fn is_accepted(
        &mut self,
        owner: &'s Status,
        prerequisite: &'s Prerequisite,
        found: &Resolution<'s>,
    ) -> Result<bool, ErrorCode> {
        if !(prerequisite.when_disabled || found.is_enabled()) {
            return Ok(false);
        }
        match prerequisite.segment {
            None => Ok(prerequisite.is_met_by(found)),
            Some(segment) => {
                self.element = found.value().map_or(ValueRef::Null, Value::borrow);
                self.is_in_segment(owner, segment)
            }
        }
    }
}

impl Prerequisite {
    fn is_met_by(&self, found: &Resolution<'_>) -> bool {
        match &self.accepts {
            Accepts::Anything | Accepts::InSegment(_) => true,
            Accepts::Variants(keys) => is_one_of(found, keys),
            Accepts::VariantsOfSwitchedOn(keys) => {
                found.reason() != Reason::Disabled && is_one_of(found, keys)
            }
            Accepts::VariantsOrUnnamed(keys) => {
                found.variant().is_none_or(|variant| keys.iter().any(|key| key == variant))
            }
            Accepts::Values(values) => found.value().is_some_and(|found| {
                values.iter().any(|value| equal(found.borrow(), value, Case::Sensitive))
            }),
        }
    }
}

fn is_one_of(found: &Resolution<'_>, keys: &[String]) -> bool {
    found.variant().is_some_and(|variant| keys.iter().any(|key| key == variant))
}
