//! Resolving: walk a flag's rules until one matches.
//!
//! Nothing here allocates, locks, panics or fails to end: whatever could was
//! refused when the snapshot was compiled.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use crate::ambient::Ambient;
use crate::bucketing::PreparedBucketing;
use crate::document::{Broken, Lookup};
use crate::reading::TimeReading;
use crate::reason::{ErrorCode, Reason};
use crate::resolution::Resolution;
use crate::snapshot::Snapshot;
use crate::snapshot::condition::{Bucket, Ramp};
use crate::snapshot::describe::Described;
use crate::snapshot::flag::{FirstOf, Flag, Segment, Serve, Shortcut, Split, Status};
use crate::timestamp::Timestamp;
use crate::trace::{Scope, Trace};
use crate::value::{Attributes, ValueRef};

mod batch;
mod bucket;
mod check;
mod condition;
mod expression;
mod lookup;
mod open;
mod script;
mod sharing;

use open::Open;
use sharing::{Later, Sharing};

impl Snapshot {
    /// What the flag of this key serves for a context.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::FlagNotFound`] if there is no such flag, otherwise the error of a
    /// malformed flag. The caller then uses its own default.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W2"
    )]
    pub fn resolve<'s, C: Attributes + ?Sized, T: Trace>(
        &'s self,
        key: &str,
        context: &C,
        ambient: &dyn Ambient,
        trace: &mut T,
    ) -> Result<Resolution<'s>, ErrorCode> {
        if let Some(flag) = self.flag(key) {
            return self.resolve_flag(flag, context, ambient, trace);
        }
        trace.enter(&Scope::Flag(key));
        let result = Err(ErrorCode::FlagNotFound);
        trace.served(&result);
        result
    }

    /// The same for a flag of this snapshot that is found already.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::resolve`].
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W2"
    )]
    pub fn resolve_flag<'s, C: Attributes + ?Sized, T: Trace>(
        &'s self,
        flag: &'s Flag,
        context: &C,
        ambient: &dyn Ambient,
        trace: &mut T,
    ) -> Result<Resolution<'s>, ErrorCode> {
        if let (false, Shortcut::Constant { variant, .. }) = (T::LISTENS, &flag.shortcut) {
            return Ok(Choice { rule: 0, variant: *variant }.resolution(flag));
        }
        self.decide(flag, context, ambient, trace)
    }

    /// Whether the flag of this key is on for a context; off where anything is wrong.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W1 by name"
    )]
    pub fn is_enabled<C: Attributes + ?Sized>(
        &self,
        key: &str,
        context: &C,
        ambient: &dyn Ambient,
    ) -> bool {
        let Some(flag) = self.flag(key) else { return false };
        self.is_flag_enabled(flag, context, ambient).is_ok_and(|(is_enabled, _)| is_enabled)
    }

    /// The same for a flag of this snapshot that is found already, with what it serves.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::resolve`].
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W1 by name"
    )]
    pub fn is_flag_enabled<'s, C: Attributes + ?Sized>(
        &'s self,
        flag: &'s Flag,
        context: &C,
        ambient: &dyn Ambient,
    ) -> Result<(bool, Resolution<'s>), ErrorCode> {
        if let Shortcut::Constant { variant, enabled } = &flag.shortcut {
            // To know whether it is on spares a look at the variant.
            return Ok((*enabled, Choice { rule: 0, variant: *variant }.resolution(flag)));
        }
        let found = self.decide(flag, context, ambient, &mut ())?;
        Ok((found.is_enabled(), found))
    }

    /// Kept out of the callers: what they hold should be the look-up and the constant flags.
    #[inline(never)]
    fn decide<'s, C: Attributes + ?Sized, T: Trace>(
        &'s self,
        flag: &'s Flag,
        context: &C,
        ambient: &dyn Ambient,
        trace: &mut T,
    ) -> Result<Resolution<'s>, ErrorCode> {
        let now = OnceCell::new();
        if let (false, Shortcut::Percentage { gate, inside, outside }) =
            (T::LISTENS, &flag.shortcut)
        {
            let subject = lookup::find(&gate.subject, context, ambient, &now, ValueRef::Null);
            let variant = if gate.admits(subject.as_ref(), &flag.key) { *inside } else { *outside };
            return Ok(Choice { rule: 0, variant }.resolution(flag));
        }
        let asked = &*flag.key;
        Resolver {
            snapshot: self,
            asked,
            context,
            ambient,
            now: &now,
            trace,
            sharing: &mut (),
            element: ValueRef::Null,
            open: None,
        }
        .flag(flag)
    }

    /// Whether a context is in the segment of this key.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::General`] if there is no such segment, otherwise the error of a malformed
    /// one.
    pub fn is_in_segment<C: Attributes + ?Sized, T: Trace>(
        &self,
        key: &str,
        context: &C,
        ambient: &dyn Ambient,
        trace: &mut T,
    ) -> Result<bool, ErrorCode> {
        let index = self.segment_keys.find(key);
        let segment = index.and_then(|index| self.segment_slot(index));
        let segment = segment.ok_or(ErrorCode::General)?;
        // Also one that refers to others more deeply than can be evaluated.
        if let Some(code) = segment.status.fault {
            return Err(code);
        }
        let now = OnceCell::new();
        Resolver {
            snapshot: self,
            asked: "",
            context,
            ambient,
            now: &now,
            trace,
            sharing: &mut (),
            element: ValueRef::Null,
            open: None,
        }
        .segment(segment)
    }
}

/// One evaluation.
struct Resolver<'s, 'c, 'r, C: ?Sized, T, S> {
    snapshot: &'s Snapshot,
    /// The key of the flag that the caller asked for.
    asked: &'s str,
    context: &'c C,
    ambient: &'c dyn Ambient,
    now: &'c OnceCell<Timestamp>,
    trace: &'r mut T,
    /// The batch that the evaluation belongs to.
    sharing: &'r mut S,
    /// The element of a list, or the value of a flag, that is looked at.
    element: ValueRef<'c>,
    /// The flags and segments on circles that are in the middle of being resolved.
    open: Option<&'r Open<'r>>,
}

impl<'s: 'c, 'c, C: Attributes + ?Sized, T: Trace, S: Sharing<'s, 'c>>
    Resolver<'s, 'c, '_, C, T, S>
{
    #[inline]
    fn flag(&mut self, flag: &'s Flag) -> Result<Resolution<'s>, ErrorCode> {
        if self.may_reenter(&flag.status) {
            return self.flag_on_circle(flag);
        }
        self.flag_alone(flag)
    }

    /// Whether a flag or segment may come back to itself without harm.
    #[inline]
    fn may_reenter(&self, status: &Status) -> bool {
        status.circular.is_some() && self.snapshot.references.circle == Broken::Reentered
    }

    /// A flag that may come back to itself: that is an error, and so is going too far.
    #[cold]
    fn flag_on_circle(&mut self, flag: &'s Flag) -> Result<Resolution<'s>, ErrorCode> {
        let cost = Cell::new(0);
        let open = Open::new(&flag.status, self.open, &cost);
        if !open.is_bearable() {
            self.trace.enter(&Scope::Flag(&flag.key));
            let result = Err(ErrorCode::ParseError);
            self.trace.served(&result);
            return result;
        }
        let Self { snapshot, asked, context, ambient, now, element, .. } = *self;
        let (trace, sharing) = (&mut *self.trace, &mut *self.sharing);
        let open = Some(&open);
        Resolver { snapshot, asked, context, ambient, now, trace, sharing, element, open }
            .flag_alone(flag)
    }

    /// The same for a segment.
    #[cold]
    fn segment_on_circle(&mut self, segment: &'s Segment) -> Result<bool, ErrorCode> {
        let cost = Cell::new(0);
        let open = Open::new(&segment.status, self.open, &cost);
        if !open.is_bearable() {
            return Err(ErrorCode::ParseError);
        }
        let Self { snapshot, asked, context, ambient, now, element, .. } = *self;
        let (trace, sharing) = (&mut *self.trace, &mut *self.sharing);
        let open = Some(&open);
        Resolver { snapshot, asked, context, ambient, now, trace, sharing, element, open }
            .holds_inner(&segment.status, &segment.when)
    }

    #[inline]
    fn flag_alone(&mut self, flag: &'s Flag) -> Result<Resolution<'s>, ErrorCode> {
        self.trace.enter(&Scope::Flag(&flag.key));
        let result = self.rules(flag).map(|choice| choice.resolution(flag));
        self.trace.served(&result);
        result
    }

    #[inline]
    fn rules(&mut self, flag: &'s Flag) -> Result<Choice, ErrorCode> {
        if let Some(code) = flag.status.fault {
            return Err(code);
        }
        let mut position = 0;
        while let Some(rule) = flag.rules.get(position) {
            if T::LISTENS {
                self.trace.enter(&flag.scope(position));
            }
            let holds = self.holds(flag, &rule.when);
            self.trace.leave(holds);
            if !holds? {
                position += 1;
                continue;
            }
            let served = match &rule.serve {
                Serve::Variant(place) => Served::Variant(*place),
                other => self.serve(flag, other)?,
            };
            // The compiler refuses flags with 2³² rules: their text would exceed every limit.
            #[expect(clippy::cast_possible_truncation, reason = "see above")]
            let rule = position as u32;
            match served {
                Served::Variant(variant) => return Ok(Choice { rule, variant }),
                Served::Default => return Ok(Choice { rule, variant: NONE }),
                Served::NextRule => position += 1,
                // INVARIANT: the compiler has refused flags that do not go forward here.
                Served::Rule(later) => position = later as usize,
            }
        }
        Ok(Choice { rule: NONE, variant: NONE })
    }

    /// What a matching rule does.
    fn serve(&mut self, flag: &'s Flag, serve: &'s Serve) -> Result<Served, ErrorCode> {
        match serve {
            Serve::Variant(place) => Ok(Served::Variant(*place)),
            Serve::Default => Ok(Served::Default),
            Serve::NextRule => Ok(Served::NextRule),
            Serve::Rule(later) => Ok(Served::Rule(*later)),
            Serve::Error(code) => Err(*code),
            Serve::Split(split) => self.split(flag, split),
            Serve::FirstOf(first_of) => self.first_of(flag, first_of),
            Serve::Computed(serve) => match self.named(&serve.computed)? {
                Named::Variant(place) => Ok(Served::Variant(place)),
                Named::Null => self.serve(flag, &serve.when_null),
                Named::Unknown => self.serve(flag, &serve.when_unknown),
            },
            Serve::Within(within) => {
                let inside = self.is_inside(&within.bucket)?;
                match if inside { &within.inside } else { &within.outside } {
                    Serve::Variant(place) => Ok(Served::Variant(*place)),
                    other => self.serve(flag, other),
                }
            }
        }
    }

    fn first_of(&mut self, flag: &'s Flag, first_of: &'s FirstOf) -> Result<Served, ErrorCode> {
        for (position, (when, serve)) in first_of.branches.iter().enumerate() {
            self.trace.enter(&Scope::Branch(position));
            let holds = self.holds(flag, when);
            self.trace.leave(holds);
            if holds? {
                return self.serve(flag, serve);
            }
        }
        self.serve(flag, &first_of.otherwise)
    }

    fn split(&mut self, flag: &'s Flag, split: &'s Split) -> Result<Served, ErrorCode> {
        let subject = self.subject(&split.subject);
        if !T::LISTENS
            && let (Some(variant), Some(ValueRef::String(_))) = (split.of_all_texts, &subject)
        {
            return Ok(Served::Variant(variant));
        }
        let bucket = self.bucket(&split.bucketing, subject.as_ref(), Some(split))?;
        self.trace.bucket(&split.bucketing, subject, bucket);
        let Some(bucket) = bucket else { return self.serve(flag, &split.when_missing) };
        match split.variant(bucket) {
            Some(variant) => Ok(Served::Variant(variant)),
            None => self.serve(flag, &split.unassigned),
        }
    }

    #[inline]
    fn is_inside(&mut self, gate: &'s Bucket) -> Result<bool, ErrorCode> {
        let subject = self.subject(&gate.subject);
        if !T::LISTENS && gate.has(subject.as_ref()) {
            return Ok(true);
        }
        let bucket = self.bucket(&gate.bucketing, subject.as_ref(), None)?;
        self.trace.bucket(&Described(gate), subject, bucket);
        Ok(gate.holds(bucket))
    }

    fn is_in_ramp(&mut self, ramp: &'s Ramp) -> Result<bool, ErrorCode> {
        let time = self.find(&ramp.clock).and_then(|time| TimeReading::TextOrSeconds.read(time));
        let subject = self.subject(&ramp.subject);
        let bucket = self.bucket(&ramp.bucketing, subject.as_ref(), None)?;
        self.trace.bucket(&Described(ramp), subject, bucket);
        let bound = time.map(|time| ramp.bound(time));
        Ok(bucket.zip(bound).map_or(ramp.when_missing, |(bucket, bound)| bucket < bound))
    }

    /// The bucket of a subject. In a batch it may become known later: the evaluation then ends,
    /// with an error that nobody sees.
    #[inline]
    fn bucket(
        &mut self,
        bucketing: &'s PreparedBucketing,
        subject: Option<&ValueRef<'c>>,
        split: Option<&'s Split>,
    ) -> Result<Option<f64>, ErrorCode> {
        let Some(subject) = subject else { return Ok(None) };
        if S::IS_SHARED && !self.element.is_null() {
            // Another element, another subject: a known bucket would not say whose it is.
            return Ok(bucketing.bucket_of(subject, self.asked));
        }
        let bucket = self.sharing.bucket(bucketing, subject, self.asked, split);
        bucket.map_err(|Later| ErrorCode::General)
    }

    /// Who is bucketed.
    #[inline]
    fn subject(&mut self, lookup: &'s Arc<Lookup>) -> Option<ValueRef<'c>> {
        if !S::IS_SHARED || !self.element.is_null() {
            return self.find(lookup);
        }
        let (context, ambient, now) = (self.context, self.ambient, self.now);
        let find = || lookup::find(lookup, context, ambient, now, ValueRef::Null);
        self.sharing.subject(lookup, find)
    }

    #[inline]
    fn find(&mut self, lookup: &'s Lookup) -> Option<ValueRef<'c>> {
        lookup::find(lookup, self.context, self.ambient, self.now, self.element)
    }

    /// What a reference does that cannot be followed but is reached.
    fn broken(how: Broken) -> Result<bool, ErrorCode> {
        match how {
            Broken::NeverHolds => Ok(false),
            Broken::Flag | Broken::Reached | Broken::Reentered => Err(ErrorCode::ParseError),
        }
    }
}

impl Split {
    /// The variant of a bucket.
    #[inline]
    fn variant(&self, bucket: f64) -> Option<u32> {
        let range = self.ranges.iter().find(|range| range.from <= bucket && bucket < range.to)?;
        Some(u32::try_from(range.variant).unwrap_or(NONE))
    }
}

impl Flag {
    fn scope(&self, position: usize) -> Scope<'_> {
        let name = self.names.get(position);
        let id = name.and_then(|name| name.id.as_deref());
        let label = name.and_then(|name| name.label.as_deref());
        let reason = name.map_or(Reason::Default, |name| name.reason);
        Scope::Rule { position, id, label, reason }
    }
}

/// What a rule served: a variant by its place, the caller's default, or nothing yet.
enum Served {
    Variant(u32),
    Default,
    NextRule,
    Rule(u32),
}

/// What an expression named.
enum Named {
    Variant(u32),
    Null,
    Unknown,
}

/// The rule that decided and the variant it served, by their places.
struct Choice {
    rule: u32,
    variant: u32,
}

impl Choice {
    #[inline]
    fn resolution(self, flag: &Flag) -> Resolution<'_> {
        let rule = flag.names.get(self.rule as usize);
        // The compiler has refused flags that name variants they do not have.
        let variant = flag.variants.get(self.variant as usize);
        Resolution { variant, rule, position: self.rule, place: self.variant }
    }
}

/// No rule, no variant.
const NONE: u32 = u32::MAX;

#[cfg(test)]
mod tests;
