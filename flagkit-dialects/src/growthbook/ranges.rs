//! Ranges of buckets with holes.

/// Holes, which nothing behind them can fill: sorted, and apart from each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges {
    holes: Vec<(f64, f64)>,
}

impl Ranges {
    /// Nobody gets anything here from now on.
    pub(super) fn punch(&mut self, from: f64, to: f64) {
        if from >= to || from.is_nan() || to.is_nan() {
            return;
        }
        let (first, behind) = self.touched(from, to);
        let touched = self.holes.get(first..behind).unwrap_or_default();
        let from = touched.first().map_or(from, |(start, _)| start.min(from));
        let to = touched.last().map_or(to, |(_, end)| end.max(to));
        self.holes.splice(first..behind, [(from, to)]);
    }

    /// What is left of a range.
    pub(super) fn without_holes(&self, from: f64, to: f64) -> Vec<(f64, f64)> {
        let (first, behind) = self.touched(from, to);
        let mut left = Vec::new();
        let mut next = from;
        for (start, end) in self.holes.get(first..behind).unwrap_or_default() {
            left.push((next, *start));
            next = next.max(*end);
        }
        left.push((next, to));
        left.retain(|(from, to)| from < to);
        left
    }

    /// The places of the holes that a range touches.
    fn touched(&self, from: f64, to: f64) -> (usize, usize) {
        let first = self.holes.partition_point(|(_, end)| *end < from);
        let behind = self.holes.partition_point(|(start, _)| *start <= to);
        (first, behind.max(first))
    }
}

#[cfg(test)]
mod tests;
