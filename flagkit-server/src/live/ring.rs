//! The latest changes as events, ready to be sent to whoever comes back.

use std::collections::VecDeque;

use bytes::Bytes;

/// Deltas that lead from version to version without a gap, up to the current one.
///
/// Bounded by number and by bytes; the oldest go first. A client that is further back gets
/// everything anew.
#[derive(Debug)]
pub(crate) struct Ring {
    deltas: VecDeque<Delta>,
    deltas_max: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Delta {
    /// The version that it builds on.
    from: u64,
    event: Bytes,
}

impl Ring {
    /// An empty one for so many deltas.
    pub(crate) fn new(deltas_max: usize) -> Self {
        Self { deltas: VecDeque::new(), deltas_max, bytes: 0 }
    }

    /// Adds the delta from this version to the next one.
    pub(crate) fn push(&mut self, from: u64, event: Bytes) {
        self.bytes += event.len();
        self.deltas.push_back(Delta { from, event });
        while self.deltas.len() > self.deltas_max || self.bytes > BYTES_MAX {
            let Some(oldest) = self.deltas.pop_front() else { break };
            self.bytes -= oldest.event.len();
        }
    }

    /// Forgets everything: what comes next does not build on what was.
    pub(crate) fn clear(&mut self) {
        self.deltas.clear();
        self.bytes = 0;
    }

    /// The events that lead from this version to `current`; none if they are not all here.
    pub(crate) fn since(&self, version: u64, current: u64) -> Option<Vec<Bytes>> {
        if version == current {
            return Some(Vec::new());
        }
        let start = self.deltas.binary_search_by_key(&version, |delta| delta.from).ok()?;
        Some(self.deltas.iter().skip(start).map(|delta| delta.event.clone()).collect())
    }
}

const BYTES_MAX: usize = 8 << 20;

#[cfg(test)]
mod tests;
