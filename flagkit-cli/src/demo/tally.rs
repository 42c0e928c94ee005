//! Counting what a flag served.

use flagkit_core::{Reason, Resolution, Snapshot};

/// What one flag served to many users.
#[derive(Debug)]
pub(super) struct Tally<'s> {
    /// The flag.
    pub(super) key: &'s str,
    /// How often it was evaluated.
    pub(super) evaluations: usize,
    /// How often it was on.
    pub(super) on: usize,
    /// How often each variant was served, in the order of the flag.
    pub(super) variants: Vec<(&'s str, usize)>,
    /// How often each reason was given, in the order in which they first came.
    pub(super) reasons: Vec<(Reason, usize)>,
}

impl<'s> Tally<'s> {
    /// Nothing yet.
    pub(super) fn new(snapshot: &'s Snapshot, key: &'s str) -> Self {
        let variants = snapshot.flag(key).map(flagkit_core::Flag::variants).unwrap_or_default();
        let names = variants.iter().filter_map(|variant| variant.key.as_deref());
        let variants = names.map(|name| (name, 0)).collect();
        Self { key, evaluations: 0, on: 0, variants, reasons: Vec::new() }
    }

    /// Counts an answer.
    pub(super) fn count(&mut self, found: &Resolution<'_>) {
        self.evaluations += 1;
        self.on += usize::from(found.is_enabled());
        let name = found.variant();
        if let Some(entry) = self.variants.iter_mut().find(|(other, _)| Some(*other) == name) {
            entry.1 += 1;
        }
        self.add_reason(found.reason(), 1);
    }

    /// Adds what another thread counted for the same flag.
    pub(super) fn add(&mut self, other: &Self) {
        self.evaluations += other.evaluations;
        self.on += other.on;
        for (mine, theirs) in self.variants.iter_mut().zip(&other.variants) {
            mine.1 += theirs.1;
        }
        for (reason, count) in &other.reasons {
            self.add_reason(*reason, *count);
        }
    }

    fn add_reason(&mut self, reason: Reason, count: usize) {
        match self.reasons.iter_mut().find(|(other, _)| *other == reason) {
            Some(entry) => entry.1 += count,
            None => self.reasons.push((reason, count)),
        }
    }
}
