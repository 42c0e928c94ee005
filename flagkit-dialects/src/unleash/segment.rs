//! Segments: constraints that strategies share.

use flagkit_core::document::{Condition, Segment};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;

use super::Lowering;

impl Lowering<'_> {
    /// All segments that can be read; of the others it is noted that they cannot.
    pub(super) fn segments(&mut self) -> Vec<Segment> {
        self.report.begin_segment();
        let state = self.state;
        let segments = state.segments.iter().filter_map(|entry| {
            let when = entry.place.with_path(|path| self.segment(entry.node, path));
            if when.is_none() {
                self.broken_segments.insert(entry.key);
            }
            when.map(|when| Segment { key: key(entry.key), when })
        });
        segments.collect()
    }

    fn segment(&mut self, node: &Node<'_>, path: &Path<'_>) -> Option<Condition> {
        let errors = self.report.errors();
        let fields = Fields::open(node, path, &mut self.report)?;
        let constraints = self.constraints(&fields);
        (self.report.errors() == errors).then_some(Condition::All(constraints))
    }
}

/// The key of a segment in the core.
pub(super) fn key(id: i64) -> String {
    id.to_string()
}
