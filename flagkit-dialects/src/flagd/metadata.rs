//! Metadata: that of the document, over which that of a flag wins.

use std::sync::Arc;

use flagkit_core::{Structure, Value};

use crate::error::WrongShape;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// The metadata of the whole document.
pub(super) struct SetMetadata {
    shared: Option<Arc<Structure>>,
    /// How many entries may still be copied into flags.
    left: usize,
}

impl SetMetadata {
    /// Reads the metadata of a document.
    pub(super) fn read(node: Option<&Node<'_>>, report: &mut Report) -> Result<Self, WrongShape> {
        let path = Path::ROOT.key("metadata");
        let shared = match node {
            None | Some(Node::Null) => None,
            Some(Node::Map(entries)) => {
                let kept = entries.iter().filter(|(key, value)| {
                    let is_plain = is_plain(key, value);
                    if !is_plain {
                        let problem = format!("`{key}` is neither boolean, text nor number");
                        report.warning(&path.key(key), problem, "it is left out", PLAIN);
                    }
                    is_plain
                });
                Some(Arc::new(kept.map(|(key, value)| (&**key, value.to_value())).collect()))
            }
            Some(other) => {
                let problem = format!("expected an object, found {}", other.summary());
                return Err(WrongShape::new("metadata", problem));
            }
        };
        Ok(Self { shared, left: COPIES_MAX })
    }

    /// What a flag hands on: its own metadata over that of the document.
    pub(super) fn with(
        &mut self,
        node: Option<&Node<'_>>,
        path: &Path<'_>,
        report: &mut Report,
    ) -> Option<Arc<Structure>> {
        let entries = match node {
            None | Some(Node::Null | Node::Map([])) => return self.shared.clone(),
            Some(Node::Map(entries)) => entries,
            Some(other) => {
                let problem = format!("expected an object, found {}", other.summary());
                report.error(path, problem, "write an object of booleans, texts and numbers");
                return None;
            }
        };
        for (key, value) in entries.iter().filter(|(key, value)| !is_plain(key, value)) {
            let problem = format!("expected a boolean, text or number, found {}", value.summary());
            report.error(&path.key(key), problem, PLAIN);
        }
        let own = entries.iter().map(|(key, value)| (&**key, value.to_value()));
        let Some(shared) = &self.shared else { return Some(Arc::new(own.collect())) };
        let Some(left) = self.left.checked_sub(shared.len()) else {
            let problem = "the document's metadata is copied into too many flags";
            report.error(path, problem, "write less metadata for the whole document");
            return None;
        };
        self.left = left;
        let shared = shared.iter().map(|(key, value)| (key, value.clone()));
        Some(Arc::new(shared.chain(own).collect::<Structure>()))
    }
}

fn is_plain(key: &str, value: &Node<'_>) -> bool {
    let value = value.to_value();
    let is_other = matches!(value, Value::Null | Value::List(_) | Value::Structure(_));
    !key.is_empty() && !is_other
}

const PLAIN: &str = "write a boolean, text or number under a key that is not empty";

/// Entries of the document's metadata that are copied into flags: a small document could
/// otherwise fill the memory.
const COPIES_MAX: usize = 10_000_000;
