//! Records that were there before, by their series and sequence.

use std::collections::HashMap;

use super::record::Pushed;

/// What each series has sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Sequences {
    series: HashMap<String, Seen>,
}

/// The highest number, and which of the 64 before it were there: bit 0 is the highest itself.
#[derive(Clone, Copy, Debug)]
struct Seen {
    highest: u64,
    before: u64,
}

impl Sequences {
    /// Whether the record has not been there. Records without a sequence are always new.
    pub(super) fn is_new(&self, pushed: &Pushed, series_max: usize) -> Result<bool, String> {
        let (series, sequence) = match (&pushed.series, pushed.sequence) {
            (Some(series), Some(sequence)) => (series, sequence),
            (None, None) => return Ok(true),
            _ => return Err("`series` and `sequence` belong together".to_owned()),
        };
        match self.series.get(series) {
            Some(seen) => Ok(!seen.has(sequence)),
            None if self.series.len() < series_max => Ok(true),
            None => Err(format!("{series_max} series push for this target, and no more may")),
        }
    }

    /// It has been there from now on.
    pub(super) fn remember(&mut self, pushed: &Pushed) {
        let (Some(series), Some(sequence)) = (&pushed.series, pushed.sequence) else { return };
        match self.series.get_mut(series) {
            Some(seen) => seen.add(sequence),
            None => {
                self.series.insert(series.clone(), Seen { highest: sequence, before: 1 });
            }
        }
    }
}

impl Seen {
    fn has(self, sequence: u64) -> bool {
        match self.highest.checked_sub(sequence) {
            None => false,
            Some(behind) if behind < 64 => self.before & (1 << behind) != 0,
            Some(_) => true,
        }
    }

    fn add(&mut self, sequence: u64) {
        if let Some(behind) = self.highest.checked_sub(sequence) {
            if behind < 64 {
                self.before |= 1 << behind;
            }
            return;
        }
        let ahead = sequence - self.highest;
        self.before = if ahead < 64 { self.before << ahead | 1 } else { 1 };
        self.highest = sequence;
    }
}
