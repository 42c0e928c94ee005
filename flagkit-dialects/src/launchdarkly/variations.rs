//! What a flag can serve: its variations, and the same again where the SDKs tell more of them.

use std::sync::Arc;

use flagkit_core::document::{Serve, Variant};
use flagkit_core::{ErrorCode, Structure, Value};

use crate::node::Node;

/// The variations of a flag as variants. Each is one plain variant, called by its place; what
/// serves it as part of an experiment, or because the flag is off, gets a variant of its own
/// that differs in metadata or in counting as off.
pub(super) struct Variations {
    count: usize,
    variants: Vec<Variant>,
    /// Where each stands again as part of an experiment; empty before the first of them.
    in_experiment: Vec<Option<usize>>,
}

impl Variations {
    pub(super) fn new(nodes: &[Node<'_>]) -> Self {
        let variant = |(place, node): (usize, &Node<'_>)| {
            let value = node.to_value();
            let enabled = is_on(&value);
            Variant { key: Some(place.to_string().into()), value, enabled, metadata: None }
        };
        let variants: Vec<_> = nodes.iter().enumerate().map(variant).collect();
        let count = variants.len();
        Self { count, variants, in_experiment: Vec::new() }
    }

    /// All of them, once everything that a flag does is known.
    pub(super) fn into_variants(self) -> Vec<Variant> {
        self.variants
    }

    /// The variant for this variation; `None` if the flag has none of this number.
    pub(super) fn place(&mut self, number: i64, in_experiment: bool) -> Option<usize> {
        let place = usize::try_from(number).ok().filter(|place| *place < self.count)?;
        if !in_experiment {
            return Some(place);
        }
        if let Some(Some(known)) = self.in_experiment.get(place) {
            return Some(*known);
        }
        let metadata: Structure = [(IN_EXPERIMENT, Value::Boolean(true))].into_iter().collect();
        let plain = self.variants.get(place)?.clone();
        let added = self.add(Variant { metadata: Some(Arc::new(metadata)), ..plain });
        self.in_experiment.resize(self.count, None);
        if let Some(slot) = self.in_experiment.get_mut(place) {
            *slot = Some(added);
        }
        Some(added)
    }

    /// Serves this variation, or fails as flags do whose variations do not exist.
    pub(super) fn serve(&mut self, number: i64) -> Serve {
        self.place(number, false).map_or(NO_VARIATION, Serve::Variant)
    }

    /// Serves this variation because the flag is off, which is asked once. A boolean is still what it is; other
    /// values no longer count as on.
    pub(super) fn serve_off(&mut self, number: i64) -> Serve {
        let Some(place) = self.place(number, false) else { return NO_VARIATION };
        let Some(plain) = self.variants.get(place).cloned() else { return NO_VARIATION };
        if !plain.enabled || plain.value.as_bool().is_some() {
            return Serve::Variant(place);
        }
        Serve::Variant(self.add(Variant { enabled: false, ..plain }))
    }

    fn add(&mut self, variant: Variant) -> usize {
        self.variants.push(variant);
        self.variants.len() - 1
    }
}

/// Whether a flag that serves this value counts as on.
pub(super) fn is_on(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Boolean(false))
}

/// Says in a variant's metadata that it is served as part of an experiment.
pub(super) const IN_EXPERIMENT: &str = "inExperiment";

/// What is chosen does not exist. Unlike a clause that cannot be decided, which is a
/// `PARSE_ERROR`, this fails the flag alone, and not those that have it as prerequisite.
pub(super) const NO_VARIATION: Serve = Serve::Error(ErrorCode::General);
