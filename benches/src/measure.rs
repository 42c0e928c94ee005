//! Interleaved rounds: what is compared runs side by side, in changing order.

use std::time::{Duration, Instant};

/// One thing to measure: a name and a closure that does it `n` times.
pub struct Subject<'a> {
    name: &'static str,
    run: Box<dyn FnMut(u64) + 'a>,
    /// Nanoseconds per call, one for each round.
    rounds: Vec<f64>,
}

impl std::fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<'a> Subject<'a> {
    /// Something that is called `n` times.
    pub fn new(name: &'static str, run: impl FnMut(u64) + 'a) -> Self {
        Self { name, run: Box::new(run), rounds: Vec::new() }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The median, least and most nanoseconds per call.
    pub fn nanoseconds(&self) -> Spread {
        Spread::of(&self.rounds)
    }
}

/// The middle and the ends of several measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "three numbers")]
pub struct Spread {
    /// Half are less.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Spread {
    fn of(measured: &[f64]) -> Self {
        let mut sorted = measured.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        Self { median: at(sorted.len() / 2), min: at(0), max: at(sorted.len().saturating_sub(1)) }
    }
}

/// Runs all subjects in turn, this many rounds of about this long each.
pub fn interleaved(subjects: &mut [Subject<'_>], rounds: usize, length: Duration) {
    let counts: Vec<u64> = subjects.iter_mut().map(|subject| calibrated(subject, length)).collect();
    for round in 0..rounds {
        for step in 0..subjects.len() {
            let place = (step + round) % subjects.len();
            let (Some(subject), Some(count)) = (subjects.get_mut(place), counts.get(place)) else {
                continue;
            };
            let start = Instant::now();
            (subject.run)(*count);
            #[expect(clippy::cast_precision_loss, reason = "a few million calls")]
            let calls = *count as f64;
            subject.rounds.push(start.elapsed().as_secs_f64() * 1e9 / calls);
        }
    }
}

/// How often one round of this length can call the subject.
fn calibrated(subject: &mut Subject<'_>, length: Duration) -> u64 {
    let mut count = 64;
    loop {
        let start = Instant::now();
        (subject.run)(count);
        if start.elapsed() >= length {
            return count;
        }
        count *= 2;
    }
}

/// The ratio of two subjects: the median over rounds that ran side by side.
pub fn ratio(subject: &Subject<'_>, floor: &Subject<'_>) -> Spread {
    let ratios: Vec<f64> =
        subject.rounds.iter().zip(&floor.rounds).map(|(ours, least)| ours / least).collect();
    Spread::of(&ratios)
}
