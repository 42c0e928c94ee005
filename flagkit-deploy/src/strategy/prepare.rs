//! What comes before the first traffic.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::phases::{NEW, Phases};
use crate::plan::Does;
use crate::split::Weight;
use crate::time::Span;

/// What happens with the new arm before it gets traffic.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Prepare {
    /// Checks that must pass.
    pub verify: Vec<String>,
    /// Hooks that fill caches and pools, one after another.
    pub warm_up: Vec<String>,
    /// Requests with these headers go to the new arm, whatever its share: for trying it.
    pub headers: BTreeMap<String, String>,
    /// A copy of the traffic whose answers are thrown away.
    pub mirror: Option<Mirroring>,
}

/// Copied traffic.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Mirroring {
    /// How much of the traffic is copied.
    pub share: Weight,
    /// How long.
    #[serde(rename = "for")]
    pub length: Span,
}

impl Default for Mirroring {
    fn default() -> Self {
        Self { share: Weight::ALL, length: Span::from_secs(300) }
    }
}

impl Prepare {
    /// Writes its steps: checks, warm-up, headers, and the copy of traffic with its end.
    pub(super) fn write(&self, phases: &mut Phases<'_>) {
        phases.verify("the new side works", &self.verify, NEW);
        for hook in &self.warm_up {
            let does = Does::Hook { hook: hook.clone() };
            phases.add(format!("warm-up: {hook}"), does);
        }
        let arm = phases.name(NEW);
        if !self.headers.is_empty() {
            let does = Does::Route { arm: arm.clone(), headers: self.headers.clone() };
            phases.add("requests with headers to the new side", does);
        }
        if let Some(Mirroring { share, length }) = self.mirror {
            let mirror = |share| Does::Mirror { arm: arm.clone(), share };
            phases.add(format!("a copy of {share} of the traffic"), mirror(share));
            phases.pause(format!("watch the copy for {length}"), length);
            phases.add("no more copies", mirror(Weight::NONE));
        }
    }

    /// Writes the end of what would outlast the release: requests with headers.
    pub(super) fn write_end(&self, phases: &mut Phases<'_>) {
        if !self.headers.is_empty() {
            let arm = phases.name(NEW);
            phases.add("headers decide no longer", Does::Route { arm, headers: BTreeMap::new() });
        }
    }
}
