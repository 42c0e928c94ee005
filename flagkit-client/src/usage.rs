//! Usage: what an application evaluates, and who sees what, until a server has been told.
//!
//! Evaluations are counted by [`flagkit_core`] where they happen. A tally knows which snapshots
//! there are, gives what was counted its names, and keeps it; exposures wait beside it. A
//! [`Reporter`](report::Reporter) takes both to the server.

use std::sync::Arc;

mod exposure;
mod metrics;
pub mod report;
mod tally;

pub use exposure::hashed_key;
pub use metrics::Metrics;
pub use tally::{Reports, Totals};

use flagkit_core::{Evaluated, ValueRef, Witness};

use crate::hooks::Hooks;
use exposure::Exposures;
use tally::Tally;

/// What has been evaluated, until somebody has been told.
#[derive(Debug)]
pub struct Usage {
    tally: Tally,
    exposures: Arc<Exposures>,
}

/// What of the usage of this process the server has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Delivered {
    /// Evaluations that it has counted.
    pub evaluations: u64,
    /// Evaluations that it has not, or that nobody knows of whether it has.
    pub left: u64,
    /// Exposures that wait.
    pub exposures_left: u64,
}

impl Usage {
    /// Nothing yet. With a salt, targeting keys are hashed before they are kept.
    pub(crate) fn new(salt: Option<&str>, hooks: Arc<Hooks>) -> Self {
        let exposures = Arc::new(Exposures::new(salt));
        let witness = Everyone { exposures: exposures.clone(), hooks };
        Self { tally: Tally::new(Arc::new(witness)), exposures }
    }

    /// How often this process has evaluated flags, since counting began.
    pub fn totals(&self) -> Totals {
        self.tally.totals()
    }

    /// How many exposures wait to be told.
    pub fn exposures_waiting(&self) -> u64 {
        self.exposures.waiting()
    }

    /// How many exposures were left out because too many waited.
    pub fn exposures_dropped(&self) -> u64 {
        self.exposures.dropped()
    }

    /// How many evaluations nobody has been told of, apart from a report that is under way.
    pub fn waiting(&self) -> u64 {
        self.tally.waiting()
    }

    /// What became of reports.
    pub fn reports(&self) -> Reports {
        self.tally.reports()
    }

    /// What of it the server has, and what not.
    pub fn delivered(&self) -> Delivered {
        let reports = self.reports();
        Delivered {
            evaluations: reports.evaluations_sent,
            left: self.waiting() + reports.under_way,
            exposures_left: self.exposures_waiting(),
        }
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    fn exposures(&self) -> &Exposures {
        &self.exposures
    }

    /// Notes what became of a report.
    fn note(&self, note: impl FnOnce(&mut Reports)) {
        self.tally.note_report(note);
    }
}

/// Exposures are kept, and hooks are told of everything.
#[derive(Debug)]
struct Everyone {
    exposures: Arc<Exposures>,
    hooks: Arc<Hooks>,
}

impl Witness for Everyone {
    fn saw(&self, flag: &str, variant: Option<&str>, targeting_key: ValueRef<'_>) {
        self.exposures.saw(flag, variant, targeting_key);
    }

    fn hears_everything(&self) -> bool {
        self.hooks.hears_everything()
    }

    fn heard(&self, evaluated: &Evaluated<'_>) {
        self.hooks.heard(evaluated);
    }
}
