//! Segments: constraints of which any or all must hold.
//!
//! A document repeats them in every rule that uses them. The engine keeps them by their keys: of
//! two in one rule with the same key only the last is there.

use std::collections::HashMap;

use flagkit_core::document::{Condition, Segment};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;

use super::Lowering;
use super::constraint::Readable;

/// The segments of a rule: their keys in the document, and in the core.
pub(super) type Names = Vec<(String, String)>;

impl Lowering {
    /// The condition of a rule or rollout, and the segments that it looks at.
    pub(super) fn segments_of(&mut self, fields: &Fields<'_, '_>) -> (Condition, Names) {
        let path = fields.at("segments");
        let nodes = fields.list("segments", &mut self.report);
        let mut last: HashMap<&str, usize> = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            if let Some(key) = node.entry("key").and_then(Node::as_text) {
                last.insert(key, index);
            }
        }
        let mut names = Names::new();
        for (index, node) in nodes.iter().enumerate() {
            let path = path.index(index);
            match node.entry("key").and_then(Node::as_text) {
                Some(key) if last.get(key) == Some(&index) => {
                    names.extend(self.segment(key, node, &path));
                }
                Some(_) => {}
                None => self.report.error(&path, "a segment needs a `key` that is text", "add it"),
            }
        }
        let is_in = |(_, name): &(String, String)| Condition::InSegment(name.clone());
        let all = names.iter().map(is_in).collect();
        let condition = match fields.text("segmentOperator", &mut self.report) {
            Some("AND_SEGMENT_OPERATOR") => Condition::All(all),
            _ => Condition::Any(all),
        };
        (condition, names)
    }

    fn segment(&mut self, key: &str, node: &Node<'_>, path: &Path<'_>) -> Option<(String, String)> {
        let fields = Fields::open(node, path, &mut self.report)?;
        let needs_all =
            fields.text("matchType", &mut self.report) == Some("ALL_SEGMENT_MATCH_TYPE");
        let mut conditions = Vec::new();
        let nodes = fields.list("constraints", &mut self.report);
        let constraints = fields.at("constraints");
        for (index, node) in nodes.iter().enumerate() {
            match self.constraint(node, &constraints.index(index)) {
                Readable::As(condition) => conditions.push(condition),
                // The engine gives up where it meets such a constraint, and keeps what it has.
                Readable::Never if needs_all => {
                    conditions = vec![Condition::Any(Vec::new())];
                    break;
                }
                Readable::Never => break,
            }
        }
        let when = match (needs_all, nodes.is_empty()) {
            (_, true) => Condition::Always,
            (true, false) => Condition::All(conditions),
            (false, false) => Condition::Any(conditions),
        };
        let name = format!("{}: {key}", self.segments.len() + 1);
        self.segments.push(Segment { key: name.clone(), when });
        Some((key.to_owned(), name))
    }
}
