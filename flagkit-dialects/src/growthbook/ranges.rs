//! Ranges of buckets with holes.

/// Holes, which nothing behind them can fill.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges {
    holes: Vec<(f64, f64)>,
}

impl Ranges {
    /// Nobody gets anything here from now on.
    pub(super) fn punch(&mut self, from: f64, to: f64) {
        self.holes.push((from, to));
    }

    /// What is left of a range.
    pub(super) fn without_holes(&self, from: f64, to: f64) -> Vec<(f64, f64)> {
        let mut left = vec![(from, to)];
        for (start, end) in &self.holes {
            left = left
                .into_iter()
                .flat_map(|(from, to)| [(from, to.min(*start)), (from.max(*end), to)])
                .filter(|(from, to)| from < to)
                .collect();
        }
        left
    }
}
