//! Many evaluations at once: all flags for one context, or one flag for many contexts.
//!
//! The answers are those of single evaluations. What is saved: a test that several flags have is
//! asked once, and hashes that do not depend on each other are computed side by side.

use std::cell::OnceCell;
use std::ptr;
use std::sync::Arc;

use crate::ambient::Ambient;
use crate::bucketing::PreparedBucketing;
use crate::document::Lookup;
use crate::lanes;
use crate::reason::ErrorCode;
use crate::resolution::Resolution;
use crate::snapshot::Snapshot;
use crate::snapshot::flag::{Flag, Rule, Serve, Shortcut, Split};
use crate::timestamp::Timestamp;
use crate::value::{Attributes, ValueRef};

use super::sharing::{Known, Member, Memory, Waiting};
use super::{Choice, NONE, Resolver, lookup};

/// What one evaluation of a batch came to.
type Outcome<'s> = Result<Resolution<'s>, ErrorCode>;

impl Snapshot {
    /// What all flags serve for a context, in no particular order.
    ///
    /// The answers are those of [`Snapshot::resolve`], and the time is asked once.
    ///
    /// ```
    /// use flagkit_core::document::Flag;
    /// use flagkit_core::{Document, ErrorCode, Fixed, Timestamp, compile};
    ///
    /// let flags = vec![Flag::broken("odd".into(), ErrorCode::ParseError)];
    /// let snapshot = compile(Document { flags, ..Document::default() }).snapshot;
    /// let all = snapshot.resolve_all(&(), &Fixed::at(Timestamp::EPOCH));
    /// assert_eq!((all[0].0.key(), all[0].1.err()), ("odd", Some(ErrorCode::ParseError)));
    /// ```
    pub fn resolve_all<'s: 'c, 'c, C: Attributes + ?Sized>(
        &'s self,
        context: &'c C,
        ambient: &'c dyn Ambient,
    ) -> Vec<(&'s Flag, Result<Resolution<'s>, ErrorCode>)> {
        let now = OnceCell::new();
        let mut answers = Vec::with_capacity(self.len());
        let mut batch = Batch::new(self, ambient, &now, Memory::of(self), self.len());
        for flag in self.flags() {
            let outcome = batch.begin(answers.len(), flag, context);
            answers.push((flag, outcome));
        }
        batch.finish(|place, outcome| {
            if let Some(answer) = answers.get_mut(place) {
                answer.1 = outcome;
            }
        });
        answers
    }

    /// What these flags serve for a context, in their order; [`ErrorCode::FlagNotFound`] where there
    /// is none.
    pub fn resolve_many<'s: 'c, 'c, C: Attributes + ?Sized>(
        &'s self,
        flags: impl IntoIterator<Item = Option<&'s Flag>>,
        context: &'c C,
        ambient: &'c dyn Ambient,
    ) -> Vec<Result<Resolution<'s>, ErrorCode>> {
        let now = OnceCell::new();
        let flags = flags.into_iter();
        let mut answers = Vec::with_capacity(flags.size_hint().0);
        let mut batch = Batch::new(self, ambient, &now, Memory::of(self), answers.capacity());
        for flag in flags {
            answers.push(match flag {
                Some(flag) => batch.begin(answers.len(), flag, context),
                None => Err(ErrorCode::FlagNotFound),
            });
        }
        batch.finish(|place, outcome| {
            if let Some(answer) = answers.get_mut(place) {
                *answer = outcome;
            }
        });
        answers
    }

    /// What one flag of this snapshot serves for each of these contexts.
    ///
    /// `each` gets the answers in the order of the contexts. They are made in blocks of a thousand,
    /// so that memory does not grow with their number. The time is asked once.
    pub fn resolve_each<'s, C: Attributes>(
        &'s self,
        flag: &'s Flag,
        contexts: impl IntoIterator<Item = C>,
        ambient: &dyn Ambient,
        mut each: impl FnMut(Result<Resolution<'s>, ErrorCode>),
    ) {
        let now = OnceCell::new();
        let mut contexts = contexts.into_iter();
        let (mut block, mut answers, mut buckets) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            block.extend(contexts.by_ref().take(BLOCK));
            if block.is_empty() {
                return;
            }
            if flag.shares(&block, (ambient, &now), &mut buckets) {
                let inside = buckets.drain(..).map(|bucket| Ok(flag.by_percentage(bucket)));
                inside.for_each(&mut each);
                block.clear();
                continue;
            }
            let mut batch = Batch::new(self, ambient, &now, Memory::none(), block.len());
            for context in &block {
                answers.push(batch.begin(answers.len(), flag, context));
            }
            batch.finish(|place, outcome| {
                if let Some(answer) = answers.get_mut(place) {
                    *answer = outcome;
                }
            });
            answers.drain(..).for_each(&mut each);
            block.clear();
        }
    }
}

impl Flag {
    /// Finds the buckets of contexts if the flag is a percentage and nothing else, and all of them
    /// have texts for subjects.
    fn shares<'c, C: Attributes>(
        &'c self,
        contexts: &'c [C],
        (ambient, now): (&dyn Ambient, &OnceCell<Timestamp>),
        buckets: &mut Vec<Option<f64>>,
    ) -> bool {
        let Shortcut::Percentage { gate, .. } = &self.shortcut else { return false };
        if gate.has_all_texts || gate.bucketing.asks_for_flag() {
            return false;
        }
        let text = |context: &'c C| match lookup::find(
            &gate.subject,
            context,
            ambient,
            now,
            ValueRef::Null,
        ) {
            Some(ValueRef::String(text)) => Some(text),
            _ => None,
        };
        let mut are_texts = true;
        let texts = contexts.iter().map_while(|context| {
            let text = text(context);
            are_texts &= text.is_some();
            text
        });
        gate.bucketing.buckets_of(texts, buckets);
        if !are_texts {
            buckets.clear();
        }
        are_texts
    }

    /// What a flag that is a percentage serves in this bucket.
    #[inline]
    fn by_percentage(&self, bucket: Option<f64>) -> Resolution<'_> {
        let variant = match &self.shortcut {
            Shortcut::Percentage { gate, inside, .. } if gate.holds(bucket) => *inside,
            Shortcut::Percentage { outside, .. } => *outside,
            Shortcut::Constant { .. } | Shortcut::None => NONE,
        };
        Choice { rule: 0, variant }.resolution(self)
    }
}

/// The evaluations of a batch.
struct Batch<'s, 'c, C: ?Sized> {
    snapshot: &'s Snapshot,
    ambient: &'c dyn Ambient,
    now: &'c OnceCell<Timestamp>,
    memory: Memory<'s, 'c>,
    lanes: lanes::Batch,
    put_off: Vec<PutOff<'s, 'c, C>>,
}

/// An evaluation that waits for a bucket.
struct PutOff<'s, 'c, C: ?Sized> {
    /// Where its answer goes.
    place: usize,
    flag: &'s Flag,
    context: &'c C,
    /// Where its hash will be.
    hash: usize,
    then: Then<'s>,
}

/// How an evaluation goes on with its bucket.
enum Then<'s> {
    /// The flag is a percentage and nothing else.
    Percentage,
    /// This rule of the flag serves a split.
    Split { split: &'s Split, rule: u32 },
    /// From the start, with this bucket and those that were known before.
    Again { bucketing: &'s PreparedBucketing, known: Vec<Known<'s>> },
}

impl<'s: 'c, 'c, C: Attributes + ?Sized> Batch<'s, 'c, C> {
    fn new(
        snapshot: &'s Snapshot,
        ambient: &'c dyn Ambient,
        now: &'c OnceCell<Timestamp>,
        memory: Memory<'s, 'c>,
        len: usize,
    ) -> Self {
        let (lanes, put_off) = (lanes::Batch::with_capacity(len), Vec::with_capacity(len));
        Self { snapshot, ambient, now, memory, lanes, put_off }
    }

    /// Evaluates a flag as far as that goes without waiting. The outcome of an evaluation that is
    /// put off means nothing yet.
    #[inline]
    fn begin(&mut self, place: usize, flag: &'s Flag, context: &'c C) -> Outcome<'s> {
        match &flag.shortcut {
            Shortcut::Constant { variant, .. } => {
                Ok(Choice { rule: 0, variant: *variant }.resolution(flag))
            }
            Shortcut::Percentage { gate, inside, outside } => {
                let (inside, outside) = (*inside, *outside);
                let subject = self.subject(&gate.subject, context);
                if let Some(ValueRef::String(text)) = subject
                    && !gate.has_all_texts
                    && let Some(hash) = self.lanes.push(&gate.bucketing, text)
                {
                    let then = Then::Percentage;
                    self.put_off.push(PutOff { place, flag, context, hash, then });
                    return Err(ErrorCode::General);
                }
                let variant =
                    if gate.admits(subject.as_ref(), &flag.key) { inside } else { outside };
                Ok(Choice { rule: 0, variant }.resolution(flag))
            }
            Shortcut::None => match self.known_rule(flag) {
                Some(rule) => self.serve(place, flag, context, rule),
                None => self.walk(place, flag, context, Vec::new()),
            },
        }
    }

    /// The rule of a flag that decides, if flags that ask the same have been evaluated.
    #[inline]
    fn known_rule(&self, flag: &Flag) -> Option<u32> {
        let questions = flag.questions.as_ref()?;
        if self.snapshot.segments_vary
            || flag.status.fault.is_some()
            || flag.status.circular.is_some()
        {
            return None;
        }
        self.memory.rule(questions)
    }

    /// What a flag serves whose rule is known.
    #[inline]
    fn serve(&mut self, place: usize, flag: &'s Flag, context: &'c C, rule: u32) -> Outcome<'s> {
        let serve = flag.rules.get(rule as usize).map(|rule| &rule.serve);
        match serve {
            Some(Serve::Variant(variant)) => {
                Ok(Choice { rule, variant: *variant }.resolution(flag))
            }
            Some(Serve::Default) => Ok(Choice { rule, variant: NONE }.resolution(flag)),
            Some(Serve::Split(split)) => {
                let subject = self.subject(&split.subject, context);
                let Some(ValueRef::String(text)) = subject else {
                    return self.walk(place, flag, context, Vec::new());
                };
                if let Some(variant) = split.of_all_texts {
                    return Ok(Choice { rule, variant }.resolution(flag));
                }
                if let Some(hash) = self.lanes.push(&split.bucketing, text) {
                    let then = Then::Split { split, rule };
                    self.put_off.push(PutOff { place, flag, context, hash, then });
                    return Err(ErrorCode::General);
                }
                match split.bucketing.bucket_for(ValueRef::String(text), &flag.key) {
                    Some(bucket) => {
                        self.serve_bucket((place, flag, context), (split, rule), bucket)
                    }
                    None => self.walk(place, flag, context, Vec::new()),
                }
            }
            _ => self.walk(place, flag, context, Vec::new()),
        }
    }

    /// What a flag serves whose rule and bucket are known.
    #[inline]
    fn serve_bucket(
        &mut self,
        (place, flag, context): (usize, &'s Flag, &'c C),
        (split, rule): (&'s Split, u32),
        bucket: f64,
    ) -> Outcome<'s> {
        match (split.variant(bucket), &split.unassigned) {
            (Some(variant), _) => Ok(Choice { rule, variant }.resolution(flag)),
            (None, Serve::Variant(variant)) => {
                Ok(Choice { rule, variant: *variant }.resolution(flag))
            }
            (None, Serve::Default) => Ok(Choice { rule, variant: NONE }.resolution(flag)),
            (None, _) => {
                let known = Known { bucketing: &split.bucketing, bucket };
                self.walk(place, flag, context, vec![known])
            }
        }
    }

    /// Who is bucketed; mostly it is the same attribute for all flags.
    #[inline]
    fn subject(&mut self, lookup: &'s Arc<Lookup>, context: &'c C) -> Option<ValueRef<'c>> {
        let (ambient, now) = (self.ambient, self.now);
        self.memory.subject(lookup, || lookup::find(lookup, context, ambient, now, ValueRef::Null))
    }

    /// Walks the rules of a flag until one decides or a bucket is missing.
    fn walk(
        &mut self,
        place: usize,
        flag: &'s Flag,
        context: &'c C,
        known: Vec<Known<'s>>,
    ) -> Outcome<'s> {
        let Self { memory, lanes, .. } = self;
        let mut member = Member { memory, lanes, known: &known, waiting: None };
        let outcome = Resolver {
            snapshot: self.snapshot,
            asked: &flag.key,
            context,
            ambient: self.ambient,
            now: self.now,
            trace: &mut (),
            sharing: &mut member,
            element: ValueRef::Null,
            open: None,
        }
        .flag(flag);
        let waiting = member.waiting;
        self.remember_rule(flag, &outcome, waiting.as_ref());
        if let Some(Waiting { bucketing, hash, split }) = waiting {
            let then = match split.and_then(|split| split_of_rule(flag, split)) {
                Some(then) => then,
                None => Then::Again { bucketing, known },
            };
            self.put_off.push(PutOff { place, flag, context, hash, then });
        }
        outcome
    }

    /// Keeps the rule that decided for flags that ask the same.
    fn remember_rule(
        &mut self,
        flag: &'s Flag,
        outcome: &Outcome<'s>,
        waiting: Option<&Waiting<'s>>,
    ) {
        let Some(questions) = &flag.questions else { return };
        let rule = match (waiting, outcome) {
            (None, Ok(found)) => found.rule_position().and_then(|rule| u32::try_from(rule).ok()),
            (Some(Waiting { split: Some(split), .. }), _) => match split_of_rule(flag, split) {
                Some(Then::Split { rule, .. }) => Some(rule),
                _ => None,
            },
            _ => None,
        };
        // An earlier rule that ends the walk did not hold; one that may hand on to later rules may
        // have held.
        let ends = |rule: &Rule| {
            matches!(rule.serve, Serve::Variant(_) | Serve::Default | Serve::Error(_))
        };
        if let Some(rule) = rule
            && flag.rules.iter().take(rule as usize).all(ends)
        {
            self.memory.set_rule(questions, rule);
        }
    }

    /// Finishes what was put off.
    fn finish(&mut self, mut answer: impl FnMut(usize, Outcome<'s>)) {
        while !self.put_off.is_empty() {
            let put_off = std::mem::take(&mut self.put_off);
            let hashes = self.lanes.run();
            for put_off in put_off {
                let hash = hashes.get(put_off.hash).copied().unwrap_or_default();
                // One that waits again comes by once more, with the outcome that counts.
                answer(put_off.place, self.resume(put_off, hash));
            }
        }
    }

    /// Goes on with a hash that was waited for.
    #[inline]
    fn resume(&mut self, put_off: PutOff<'s, 'c, C>, hash: u128) -> Outcome<'s> {
        let PutOff { place, flag, context, then, .. } = put_off;
        match then {
            Then::Percentage => {
                let Shortcut::Percentage { gate, inside, outside } = &flag.shortcut else {
                    return self.walk(place, flag, context, Vec::new());
                };
                let is_inside = gate.holds(Some(gate.bucketing.bucket_of_hash(hash)));
                let variant = if is_inside { *inside } else { *outside };
                Ok(Choice { rule: 0, variant }.resolution(flag))
            }
            Then::Split { split, rule } => {
                let bucket = split.bucketing.bucket_of_hash(hash);
                self.serve_bucket((place, flag, context), (split, rule), bucket)
            }
            Then::Again { bucketing, mut known } => {
                known.push(Known { bucketing, bucket: bucketing.bucket_of_hash(hash) });
                self.walk(place, flag, context, known)
            }
        }
    }
}

/// How a flag goes on with the bucket of this split, if a rule of the flag serves it. A flag that
/// may come back to itself starts again: there the split may be another evaluation's.
fn split_of_rule<'s>(flag: &'s Flag, split: &'s Split) -> Option<Then<'s>> {
    if flag.status.circular.is_some() {
        return None;
    }
    let is_it =
        |serve: &Serve| matches!(serve, Serve::Split(other) if ptr::eq(other.as_ref(), split));
    let rule = flag.rules.iter().position(|rule| is_it(&rule.serve))?;
    Some(Then::Split { split, rule: u32::try_from(rule).ok()? })
}

/// So many contexts of a column are evaluated together.
const BLOCK: usize = 1024;
