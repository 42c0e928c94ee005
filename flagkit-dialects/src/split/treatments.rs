//! The treatments of one flag become variants, each made when something serves it first.

use std::collections::HashMap;
use std::sync::Arc;

use flagkit_core::document::Variant;
use flagkit_core::{Structure, Value};

use super::{CONTROL, Shared};
use crate::node::Node;

/// The variants of a flag.
pub(super) struct Treatments<'n, 's> {
    flag: &'s str,
    shared: &'s Shared<'n>,
    configurations: Option<&'s Node<'s>>,
    places: HashMap<String, usize>,
    variants: Vec<Variant>,
}

impl<'n, 's> Treatments<'n, 's> {
    pub(super) fn new(
        flag: &'s str,
        configurations: Option<&'s Node<'s>>,
        shared: &'s Shared<'n>,
    ) -> Self {
        Self { flag, shared, configurations, places: HashMap::new(), variants: Vec::new() }
    }

    /// The place of a treatment's variant. `control` is what stands in for it.
    pub(super) fn place(&mut self, treatment: &str) -> usize {
        if let Some(place) = self.places.get(treatment) {
            return *place;
        }
        let variant = match self.shared.fallbacks.of(self.flag) {
            Some(fallback) if treatment == CONTROL => {
                variant(fallback.treatment(), fallback.config().cloned(), Standing::In)
            }
            _ => variant(treatment, self.configuration(treatment), Standing::Itself),
        };
        self.variants.push(variant);
        let place = self.variants.len() - 1;
        self.places.insert(treatment.to_owned(), place);
        place
    }

    pub(super) fn into_variants(self) -> Vec<Variant> {
        self.variants
    }

    /// `control` carries none.
    fn configuration(&self, treatment: &str) -> Option<Value> {
        let entries = self.configurations?.as_map()?;
        let found = entries.iter().rfind(|(name, _)| *name == treatment);
        let (_, config) = found.filter(|_| treatment != CONTROL)?;
        (!config.is_null()).then(|| config.to_value())
    }
}

/// Whether a treatment stands in for `control`.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Itself,
    In,
}

fn variant(treatment: &str, config: Option<Value>, standing: Standing) -> Variant {
    let config = config.map(|config| (CONFIG, config));
    let fallback = (standing == Standing::In).then_some((FALLBACK, Value::Boolean(true)));
    let metadata: Structure = config.into_iter().chain(fallback).collect();
    Variant {
        key: Some(treatment.into()),
        value: Value::from(treatment),
        enabled: treatment != "off" && treatment != CONTROL,
        metadata: (!metadata.is_empty()).then(|| Arc::new(metadata)),
    }
}

/// The configuration, in a variant's metadata.
pub(super) const CONFIG: &str = "config";
/// Whether the variant stands in for `control`, in its metadata.
pub(super) const FALLBACK: &str = "fallback";
