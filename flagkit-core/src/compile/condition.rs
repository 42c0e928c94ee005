//! Conditions: keys become places, operands become sets, patterns and versions.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::document::{self, Accepts, fingerprint};
use crate::reason::ErrorCode;
use crate::snapshot::Snapshot;
use crate::snapshot::condition::{AnyElement, Check, Condition, Prerequisite, Ramp, Test};
use crate::snapshot::expression::Term;
use crate::snapshot::flag::{Effort, Node, Status};

use super::diagnostic::Diagnostic;
use super::patterns::Patterns;

/// What is known while a document is compiled.
#[derive(Debug)]
pub(super) struct Compiler {
    pub(super) snapshot: Snapshot,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) patterns: Patterns,
    /// Per target: who refers to it from now on, and who no longer does.
    pub(super) relinked: HashMap<Node, HashMap<Node, bool>>,
    /// Parts of expressions by their address.
    pub(super) shared_terms: HashMap<usize, Shared>,
    current: Current,
}

/// A part of an expression that others have, too, and what an evaluation of it takes.
#[derive(Debug)]
pub(super) struct Shared {
    /// Kept, so that no other part comes to lie at its address.
    pub(super) _source: Arc<document::Term>,
    pub(super) compiled: Arc<Term>,
    pub(super) effort: Effort,
}

/// The flag or segment that is being compiled.
#[derive(Debug, Default)]
struct Current {
    /// `flags` or `segments`, and its key there.
    place: Option<(&'static str, Arc<str>)>,
    links: Vec<Node>,
    effort: Effort,
    is_malformed: bool,
    /// It has a pattern that is larger than is allowed.
    is_over_limit: bool,
}

impl Compiler {
    pub(super) fn new(snapshot: Snapshot) -> Self {
        Self {
            snapshot,
            diagnostics: Vec::new(),
            patterns: Patterns::default(),
            relinked: HashMap::new(),
            shared_terms: HashMap::new(),
            current: Current::default(),
        }
    }

    /// Compiles one flag or segment and tells what it refers to and whether it is malformed.
    pub(super) fn alone<R>(
        &mut self,
        place: (&'static str, &Arc<str>),
        compile: impl FnOnce(&mut Self) -> R,
    ) -> (R, Status) {
        let place = Some((place.0, place.1.clone()));
        self.current = Current { place, ..Current::default() };
        let compiled = compile(self);
        let current = std::mem::take(&mut self.current);
        let links = (!current.links.is_empty()).then(|| current.links.into());
        let fault = current.is_malformed.then_some(ErrorCode::ParseError);
        let status = Status {
            fault,
            links,
            circular: None,
            own: current.effort,
            total: current.effort,
            is_malformed: current.is_malformed,
        };
        (compiled, status)
    }

    /// The path of what is being compiled.
    pub(super) fn path(&self) -> String {
        let place = self.current.place.as_ref();
        place.map(|(section, key)| format!("{section}.{key}")).unwrap_or_default()
    }

    /// Records that what is being compiled has a pattern larger than is allowed.
    pub(super) fn meet_limit(&mut self) {
        self.current.is_over_limit = true;
    }

    /// Records that what is being compiled is malformed.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.current.is_malformed = true;
        self.diagnostics.push(diagnostic);
    }

    /// Whether something was wrong with what is being compiled.
    pub(super) fn is_malformed(&self) -> bool {
        self.current.is_malformed
    }

    /// Puts another effort in the place of what was counted so far.
    pub(super) fn replace_effort(&mut self, effort: Effort) -> Effort {
        std::mem::replace(&mut self.current.effort, effort)
    }

    /// Counts what is already compiled and stands this deep.
    pub(super) fn add_effort(&mut self, depth: u32, effort: Effort) {
        let height = depth.saturating_add(effort.height);
        if height > DEPTH_MAX && !self.current.is_malformed {
            self.is_too_deep(DEPTH_MAX);
        }
        let current = &mut self.current.effort;
        current.height = current.height.max(height);
        current.cost = current.cost.saturating_add(effort.cost);
    }

    /// Counts one more condition, this deep; reports if that is deeper than can be evaluated.
    pub(super) fn is_too_deep(&mut self, depth: u32) -> bool {
        let effort = &mut self.current.effort;
        effort.height = effort.height.max(depth + 1);
        effort.cost = effort.cost.saturating_add(1);
        if depth == DEPTH_MAX {
            let problem = format!("conditions are nested more than {DEPTH_MAX} deep");
            let mend = "move inner conditions into segments";
            self.report(Diagnostic::error(self.path(), problem).with_mend(mend));
        }
        depth >= DEPTH_MAX
    }

    pub(super) fn condition(&mut self, condition: document::Condition, depth: u32) -> Condition {
        if self.is_too_deep(depth) {
            return Condition::Fails(ErrorCode::ParseError);
        }
        match condition {
            document::Condition::Always => Condition::Always,
            document::Condition::All(inner) => Condition::All(self.conditions(inner, depth + 1)),
            document::Condition::Any(inner) => Condition::Any(self.conditions(inner, depth + 1)),
            document::Condition::Not(inner) => {
                Condition::Not(Box::new(self.condition(*inner, depth + 1)))
            }
            document::Condition::Test(test) => self.test(test),
            document::Condition::InSegment(key) => Condition::InSegment(self.link_to_segment(&key)),
            document::Condition::InBucket(bucket) => {
                Condition::InBucket(Box::new(self.bucket(*bucket)))
            }
            document::Condition::InRamp(ramp) => self.ramp(*ramp),
            document::Condition::Prerequisite(prerequisite) => self.prerequisite(prerequisite),
            document::Condition::AnyElement(any) => {
                let document::AnyElement { list, when, with_null } = any;
                let when = self.condition(*when, depth + 1);
                Condition::AnyElement(Box::new(AnyElement { list, when, with_null }))
            }
            document::Condition::Refuted(all) => {
                Condition::Refuted(self.refutables(all, depth + 1))
            }
            document::Condition::Holds(expression) => {
                Condition::Holds(Box::new(self.expression(expression, depth + 1)))
            }
            document::Condition::Fails(code) => Condition::Fails(code),
        }
    }

    fn conditions(&mut self, inner: Vec<document::Condition>, depth: u32) -> Box<[Condition]> {
        inner.into_iter().map(|condition| self.condition(condition, depth)).collect()
    }

    fn refutables(
        &mut self,
        all: Vec<document::Refutable>,
        depth: u32,
    ) -> Box<[(Condition, Condition)]> {
        let both = |document::Refutable { proof, refutation }| {
            (self.condition(proof, depth), self.condition(refutation, depth))
        };
        all.into_iter().map(both).collect()
    }

    fn ramp(&mut self, ramp: document::Ramp) -> Condition {
        let document::Ramp { subject, bucketing, clock, start, end, first, last, when_missing } =
            ramp;
        if end <= start {
            let problem = "a ramp ends before it starts";
            self.report(Diagnostic::error(self.path(), problem).with_mend("let it end later"));
        }
        let (subject, bucketing) = (self.snapshot.interned.lookup(subject), bucketing.prepare());
        let ramp = Ramp { subject, bucketing, clock, start, end, first, last, when_missing };
        Condition::InRamp(Box::new(ramp))
    }

    fn link_to_segment(&mut self, key: &str) -> u32 {
        let index = self.segment_place(key);
        self.current.links.push(Node::Segment(index));
        index
    }

    fn prerequisite(&mut self, prerequisite: document::Prerequisite) -> Condition {
        let document::Prerequisite { flag, accepts, when_disabled, when_failing } = prerequisite;
        let flag = self.flag_place(&flag);
        self.current.links.push(Node::Flag(flag));
        let segment = match &accepts {
            Accepts::InSegment(key) => Some(self.link_to_segment(key)),
            _ => None,
        };
        let prerequisite = Prerequisite { flag, accepts, segment, when_disabled, when_failing };
        Condition::Prerequisite(Box::new(prerequisite))
    }

    fn test(&mut self, test: document::Test) -> Condition {
        let hash = fingerprint(&test);
        let mut when_unreadable = test.when_unreadable;
        let check = match (self.check(test.operator, test.case, test.reads), test.when_malformed) {
            // What is only too large for us is not malformed: the flag fails.
            (Err(diagnostic), Some(answer)) if !self.current.is_over_limit => {
                when_unreadable = answer;
                self.diagnostics.push(diagnostic.into_warning("nothing meets the condition"));
                Ok(Check::Malformed)
            }
            (check, _) => check,
        };
        match check {
            Ok(check) => Condition::Test(self.snapshot.interned.test(
                hash,
                Test {
                    lookup: test.lookup,
                    check,
                    case: test.case,
                    reads: test.reads,
                    negate: test.negate,
                    when_missing: test.when_missing,
                    when_unreadable,
                },
            )),
            Err(diagnostic) => {
                self.report(*diagnostic);
                Condition::Fails(ErrorCode::ParseError)
            }
        }
    }

    /// The place of a flag, there or not yet.
    pub(super) fn flag_place(&mut self, key: &str) -> u32 {
        self.snapshot.flag_keys.intern(key)
    }

    /// The place of a segment, there or not yet.
    pub(super) fn segment_place(&mut self, key: &str) -> u32 {
        self.snapshot.segment_keys.intern(key)
    }
}

/// Conditions inside conditions; documents are nested at most this deep themselves.
const DEPTH_MAX: u32 = 72;
