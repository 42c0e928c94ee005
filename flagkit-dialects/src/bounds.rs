//! Percentages and weights as ranges of whole buckets.
//!
//! The format compares floats: `bucket / 100 < percentage`. There are only 10,000
//! buckets, so each comparison is made here, once, with the same floats, and what
//! remains for the evaluation is a comparison of whole numbers that cannot differ.

use flagkit_core::document::{Bucket, Range, Serve, Split, TextReading};
use flagkit_core::{Bucketing, Hash, Part, Scale, Units};

use crate::lookup::Subject;

/// Who hashes what: the salt is everything before the subject but the last colon.
#[derive(Clone, Debug)]
pub(crate) struct Salted<'a> {
    pub(crate) hash: Hash,
    pub(crate) salt: String,
    pub(crate) subject: Subject<'a>,
}

impl Salted<'_> {
    /// The same with more text after the salt.
    pub(crate) fn then(&self, text: &str) -> Self {
        Self { salt: format!("{}:{text}", self.salt), ..self.clone() }
    }

    /// Those inside the percentage get one thing, all others another.
    ///
    /// At 100 and more, or at 0 and less, nothing is hashed.
    pub(crate) fn within(&self, percentage: f64, inside: Serve, outside: Serve) -> Serve {
        if percentage >= 100.0 {
            return inside;
        }
        if percentage <= 0.0 {
            return outside;
        }
        let bucket = self.bucket(percentage);
        Serve::Within { bucket, inside: Box::new(inside), outside: Box::new(outside) }
    }

    /// The percentage itself; a context without subject is outside.
    pub(crate) fn bucket(&self, percentage: f64) -> Bucket {
        let ranges = match percentage {
            all if all >= 100.0 => vec![(0.0, f64::INFINITY)],
            none if none <= 0.0 => Vec::new(),
            some => vec![(0.0, first_bucket_beyond(|bucket| bucket / 100.0 < some))],
        };
        let subject = self.subject.lookup();
        Bucket { subject, bucketing: self.bucketing(""), ranges, when_missing: false }
    }

    /// Picks a variant by weight; `without_weights` is served where they are all zero.
    pub(crate) fn pick(&self, weights: &[(usize, f64)], without_weights: Serve) -> Serve {
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        if total <= 0.0 {
            return without_weights;
        }
        let when_missing = Box::new(without_weights);
        Serve::Split(Split {
            subject: self.subject.lookup(),
            bucketing: self.bucketing("variant:"),
            ranges: ranges(weights, total),
            unassigned: when_missing.clone(),
            when_missing,
        })
    }

    fn bucketing(&self, before_subject: &str) -> Bucketing {
        Bucketing {
            hash: self.hash,
            input: vec![Part::Text(format!("{}:{before_subject}", self.salt)), Part::Subject],
            reads: TextReading::Json,
            units: Units::Utf8,
            scale: Scale::modulo(BUCKETS.into()),
        }
    }
}

/// The bounds of the running sum of `weight / total`.
fn ranges(weights: &[(usize, f64)], total: f64) -> Vec<Range> {
    let last = weights.iter().rposition(|(_, weight)| *weight > 0.0);
    let (mut sum, mut from) = (0.0, 0.0);
    let mut ranges = Vec::new();
    for (place, (variant, weight)) in weights.iter().enumerate() {
        sum += weight / total;
        let to = first_bucket_beyond(|bucket| bucket / 10_000.0 < sum);
        if Some(place) == last {
            // What rounding leaves over goes to the last variant that has a weight.
            ranges.push(Range { from, to: f64::INFINITY, variant: *variant });
            break;
        }
        if to > from {
            ranges.push(Range { from, to, variant: *variant });
        }
        from = to;
    }
    ranges
}

/// The number of buckets for which this holds, if it holds for all below some bucket.
fn first_bucket_beyond(is_inside: impl Fn(f64) -> bool) -> f64 {
    let (mut inside, mut outside) = (0, BUCKETS);
    while inside < outside {
        let middle = inside.midpoint(outside);
        if is_inside(f64::from(middle)) {
            inside = middle + 1;
        } else {
            outside = middle;
        }
    }
    f64::from(inside)
}

const BUCKETS: u32 = 10_000;

#[cfg(test)]
mod tests;
