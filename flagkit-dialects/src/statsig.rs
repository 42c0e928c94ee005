//! Statsig: the documents that its server SDKs download (`dcs-v2`).
//!
//! A gate, a dynamic config (experiments are among them) and a layer each become a flag.
//! Conditions, which the document names by a hash and shares, become segments. A rule that hands
//! over to another config has that config's rules inside.
//!
//! Gates answer true or false, configs and layers an object. What the SDK tells besides, the
//! rule's id and the group's name, is metadata of the variants.

use flagkit_core::document::{Broken, Document, References};

use crate::error::WrongShape;
use crate::node::Node;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod answer;
mod condition;
mod context;
mod foreign;
mod id_list;
mod lookup;
mod mapping;
mod operator;
mod rule;
mod spec;
mod specs;

pub use answer::Evaluator;
pub use context::context;

use spec::Lowering;
use specs::Specs;

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// Lowers a whole document.
fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let mut report = Report::new();
    let specs = Specs::read(root)?;
    let document = Document {
        segments: condition::segments(&specs, &mut report),
        flags: Lowering::new(&specs, &mut report).flags(),
        references: References {
            unknown_flag: Broken::NeverHolds,
            unknown_segment: Broken::Reached,
            circle: Broken::Reentered,
        },
        ..Document::default()
    };
    let environment = settings.environment.clone();
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment })
}

fn is_likely(root: &Node<'_>) -> bool {
    let is_map = |name| matches!(root.entry(name), Some(Node::Map(_)));
    is_map("feature_gates") && is_map("dynamic_configs")
}

#[cfg(test)]
mod tests;
