//! Percentages and weights as ranges of whole buckets.
//!
//! The format compares floats: `bucket / 100 < percentage`. There are only 10,000
//! buckets, so each comparison is made here, once, with the same floats, and what
//! remains for the evaluation is a comparison of whole numbers that cannot differ.

use std::borrow::Cow;
use std::sync::Arc;

use flagkit_core::document::{Bucket, Range, Serve, Split, TextReading};
use flagkit_core::{Bucketing, Hash, Part, Scale, Units};

use crate::lookup::Subject;

/// Who hashes what: the salt is everything before the subject but the last colon.
#[derive(Clone, Debug)]
pub(crate) struct Salted<'a> {
    pub(crate) scheme: Scheme,
    pub(crate) salt: Cow<'a, str>,
    pub(crate) subject: Subject<'a>,
}

/// How ids become buckets: the usual way hashes `<salt>:<id>` into 10,000 buckets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scheme {
    pub(crate) hash: Hash,
    pub(crate) input: Template,
    pub(crate) buckets: u32,
    /// Buckets are numbered from 1, and a percentage includes its own bucket.
    pub(crate) counts_from_one: bool,
}

impl Scheme {
    /// The usual way with this hash.
    pub(crate) fn hashed(hash: Hash) -> Self {
        Self { hash, input: Template::default(), buckets: BUCKETS, counts_from_one: false }
    }

    /// Whether a bucket, from 0, is inside a percentage.
    fn is_inside(&self, bucket: f64, percentage: f64) -> bool {
        match (self.buckets, self.counts_from_one) {
            (BUCKETS, false) => bucket / 100.0 < percentage,
            (buckets, false) => bucket * 100.0 / f64::from(buckets) < percentage,
            (buckets, true) => (bucket + 1.0) * 100.0 / f64::from(buckets) <= percentage,
        }
    }
}

/// What is hashed around the id. Every flag has a copy, so copies share it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template {
    before: Arc<[Piece]>,
    after: Arc<[Piece]>,
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Salt,
}

impl Default for Template {
    /// `{salt}:{id}`
    fn default() -> Self {
        Self { before: [Piece::Salt, Piece::Text(":".to_owned())].into(), after: [].into() }
    }
}

impl Template {
    /// Reads text in which `{salt}` and `{id}` stand for those; the id must be there once.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (before, after) = text.split_once(ID)?;
        (!after.contains(ID)).then(|| Self { before: pieces(before), after: pieces(after) })
    }

    fn parts(&self, salt: &str) -> Vec<Part> {
        let text = |pieces: &[Piece]| {
            let texts = || {
                pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => text,
                    Piece::Salt => salt,
                })
            };
            let mut text = String::with_capacity(texts().map(str::len).sum());
            text.extend(texts());
            (!text.is_empty()).then_some(Part::Text(text))
        };
        let (before, after) = (text(&self.before), text(&self.after));
        let mut parts = Vec::with_capacity(1 + before.iter().len() + after.iter().len());
        parts.extend(before);
        parts.push(Part::Subject);
        parts.extend(after);
        parts
    }
}

fn pieces(text: &str) -> Arc<[Piece]> {
    let mut pieces = Vec::new();
    for (place, part) in text.split(SALT).enumerate() {
        if place > 0 {
            pieces.push(Piece::Salt);
        }
        if !part.is_empty() {
            pieces.push(Piece::Text(part.to_owned()));
        }
    }
    pieces.into()
}

impl Salted<'_> {
    /// The same with more text after the salt.
    pub(crate) fn then(&self, text: &str) -> Self {
        let salt = Cow::Owned(format!("{}:{text}", self.salt));
        Self { scheme: self.scheme.clone(), salt, subject: self.subject }
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
        Serve::Within {
            bucket: Box::new(bucket),
            inside: Box::new(inside),
            outside: Box::new(outside),
        }
    }

    /// The percentage itself; a context without subject is outside.
    pub(crate) fn bucket(&self, percentage: f64) -> Bucket {
        let ranges = match percentage {
            all if all >= 100.0 => vec![(0.0, f64::INFINITY)],
            none if none <= 0.0 => Vec::new(),
            some => {
                let scheme = &self.scheme;
                let is_inside = |bucket| scheme.is_inside(bucket, some);
                vec![(0.0, first_bucket_beyond(scheme.buckets, is_inside))]
            }
        };
        let subject = self.subject.lookup();
        Bucket { subject, bucketing: self.bucketing(&self.salt), ranges, when_missing: false }
    }

    /// Picks a variant by weight; `without_weights` is served where they are all zero.
    pub(crate) fn pick(&self, weights: &[(usize, f64)], without_weights: Serve) -> Serve {
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        if total <= 0.0 {
            return without_weights;
        }
        let when_missing = Box::new(without_weights);
        Serve::from(Split {
            subject: self.subject.lookup(),
            bucketing: self.bucketing(&format!("{}:variant", self.salt)),
            ranges: ranges(self.scheme.buckets, weights, total),
            unassigned: when_missing.clone(),
            when_missing,
        })
    }

    fn bucketing(&self, salt: &str) -> Bucketing {
        Bucketing {
            hash: self.scheme.hash,
            input: self.scheme.input.parts(salt),
            reads: TextReading::Json,
            units: Units::Utf8,
            scale: Scale::modulo(self.scheme.buckets.into()),
        }
    }
}

/// The bounds of the running sum of `weight / total`.
fn ranges(buckets: u32, weights: &[(usize, f64)], total: f64) -> Vec<Range> {
    let last = weights.iter().rposition(|(_, weight)| *weight > 0.0);
    let (mut sum, mut from) = (0.0, 0.0);
    let mut ranges = Vec::with_capacity(weights.len());
    for (place, (variant, weight)) in weights.iter().enumerate() {
        sum += weight / total;
        let to = first_bucket_beyond(buckets, |bucket| bucket / f64::from(buckets) < sum);
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
fn first_bucket_beyond(buckets: u32, is_inside: impl Fn(f64) -> bool) -> f64 {
    let (mut inside, mut outside) = (0, buckets);
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
const ID: &str = "{id}";
const SALT: &str = "{salt}";

#[cfg(test)]
mod tests;
