//! Compilation: a document is checked once and becomes a snapshot.
//!
//! It cannot fail. A flag that is malformed becomes one that answers for itself
//! with an error, a [`Diagnostic`] says why, and its neighbours work. Circles of
//! references, chains that are too deep and flags that would take too long are
//! found here, so the evaluator guards against nothing.
//!
//! A full compile is a recompile of the empty snapshot: there is one way through
//! this code, whether one flag changed or a million are new.

use std::sync::Arc;

use crate::document::{self, Changes, Document, FlagKeys};
use crate::snapshot::Snapshot;
use crate::snapshot::flag::{Flag, Node, Segment, Status};
use crate::snapshot::lineage::Lineage;

mod condition;
mod diagnostic;
mod expression;
mod flag;
mod operator;
mod patterns;
mod references;

pub use diagnostic::{Diagnostic, Severity};

use condition::Compiler;

/// A snapshot, and what was wrong with the document it came from.
#[derive(Clone, Debug)]
#[must_use = "the diagnostics say which flags answer with an error"]
#[non_exhaustive]
pub struct Compilation {
    /// Always usable.
    pub snapshot: Snapshot,
    /// What was wrong; empty for a flawless document.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compilation {
    /// Whether some flag answers with an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Compiles a whole document.
///
/// ```
/// use flagkit_core::{compile, Document, ErrorCode};
/// use flagkit_core::document::Flag;
///
/// let flags = vec![Flag::broken("odd".into(), ErrorCode::ParseError)];
/// let compiled = compile(Document { flags, ..Document::default() });
/// assert_eq!(compiled.snapshot.len(), 1);
/// ```
pub fn compile(document: Document) -> Compilation {
    let mut snapshot = Snapshot::empty();
    snapshot.references = document.references;
    snapshot.keys_are_digests = document.flag_keys == FlagKeys::Digests;
    let changes = Changes {
        flags: document.flags,
        segments: document.segments,
        revision: document.revision,
        ..Changes::default()
    };
    apply(snapshot, changes)
}

/// Compiles what changed and shares the rest with the old snapshot.
///
/// The result answers as a full compile of the changed document would. Besides the
/// changed flags, only those that refer to them, directly or not, are looked at
/// again; diagnostics are about these flags alone.
///
/// ```
/// use flagkit_core::{compile, recompile, Changes, Document, ErrorCode};
/// use flagkit_core::document::Flag;
///
/// let flags = vec![Flag::broken("a".into(), ErrorCode::General)];
/// let before = compile(Document { flags, ..Document::default() }).snapshot;
/// let changes = Changes { removed_flags: vec!["a".into()], ..Changes::default() };
/// assert!(recompile(&before, changes).snapshot.is_empty());
/// ```
pub fn recompile(snapshot: &Snapshot, changes: Changes) -> Compilation {
    apply(snapshot.clone(), changes)
}

impl Snapshot {
    /// The same snapshot with places that no index made before finds.
    #[must_use]
    pub fn with_new_lineage(self) -> Self {
        Self { lineage: Lineage::fresh(), ..self }
    }
}

impl Snapshot {
    /// Lets evaluations by name find these flags as they are now.
    fn find_by_key(&mut self, changed: &[Node]) {
        for node in changed {
            let Node::Flag(index) = *node else { continue };
            match self.flags.get(index).cloned().flatten() {
                Some(flag) => self.by_key.put(flag),
                None => {
                    if let Some(key) = self.flag_keys.key(index) {
                        self.by_key.remove(key);
                    }
                }
            }
        }
    }
}

fn apply(mut snapshot: Snapshot, changes: Changes) -> Compilation {
    snapshot.counters = None;
    snapshot.revision = changes.revision;
    snapshot.flag_keys.reserve(changes.flags.len());
    snapshot.by_key.reserve(changes.flags.len());
    snapshot.segment_keys.reserve(changes.segments.len());
    let mut compiler = Compiler::new(snapshot);
    let mut changed = Vec::with_capacity(changes.flags.len() + changes.segments.len());
    for key in changes.removed_flags {
        changed.extend(compiler.remove_flag(&key));
    }
    for key in changes.removed_segments {
        changed.extend(compiler.remove_segment(&key));
    }
    for segment in changes.segments {
        changed.push(compiler.put_segment(segment));
    }
    for flag in changes.flags {
        changed.push(compiler.put_flag(flag));
    }
    let Compiler { mut snapshot, mut diagnostics, relinked, .. } = compiler;
    for (target, changes) in relinked {
        snapshot.change_dependents(target, &changes);
    }
    let affected = references::settle(&mut snapshot, changed, &mut diagnostics);
    snapshot.find_by_key(&affected);
    snapshot.answers = snapshot.interned.answers();
    Compilation { snapshot, diagnostics }
}

impl Compiler {
    fn put_flag(&mut self, flag: document::Flag) -> Node {
        let index = self.flag_place(&flag.key);
        let compiled = self.flag(index, flag);
        self.relink(Node::Flag(index), &compiled.status);
        self.snapshot.flags.set(index, Some(Arc::new(compiled)));
        Node::Flag(index)
    }

    fn put_segment(&mut self, segment: document::Segment) -> Node {
        let index = self.segment_place(&segment.key);
        let key: Arc<str> = segment.key.into();
        let (when, status) =
            self.alone(("segments", &key), |compiler| compiler.condition(segment.when, 0));
        self.relink(Node::Segment(index), &status);
        self.snapshot.segments_vary |= when.varies();
        let compiled = Segment { key, when: Arc::new(when), status };
        self.snapshot.segments.set(index, Some(Arc::new(compiled)));
        Node::Segment(index)
    }

    fn remove_flag(&mut self, key: &str) -> Option<Node> {
        let index = self.snapshot.flag_keys.find(key)?;
        self.relink(Node::Flag(index), &Status::default());
        self.snapshot.flags.set(index, None::<Arc<Flag>>);
        Some(Node::Flag(index))
    }

    fn remove_segment(&mut self, key: &str) -> Option<Node> {
        let index = self.snapshot.segment_keys.find(key)?;
        self.relink(Node::Segment(index), &Status::default());
        self.snapshot.segments.set(index, None::<Arc<Segment>>);
        Some(Node::Segment(index))
    }

    /// Notes that a node now refers to other nodes than before.
    fn relink(&mut self, node: Node, status: &Status) {
        let old = self.snapshot.status(node).map(|old| old.links().to_vec()).unwrap_or_default();
        if old == status.links() {
            return;
        }
        for target in old {
            self.relinked.entry(target).or_default().insert(node, false);
        }
        for target in status.links() {
            self.relinked.entry(*target).or_default().insert(node, true);
        }
    }
}

#[cfg(test)]
mod tests;
