//! Hashes, ranges and namespaces.

use flagkit_core::document::TextReading;
use flagkit_core::{Bucketing, Division, Hash, Part, PreparedBucketing, Scale, Units, ValueRef};

/// Which of the two ways of hashing. The first favours some buckets and is kept for experiments
/// that run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HashVersion {
    /// FNV-1a of value and seed, modulo 1,000.
    V1,
    /// FNV-1a of the decimal FNV-1a of seed and value, modulo 10,000.
    V2,
}

impl HashVersion {
    /// The version of this number; whoever names another is in no bucket.
    pub fn of(number: f64) -> Option<Self> {
        match number {
            1.0 => Some(Self::V1),
            2.0 => Some(Self::V2),
            _ => None,
        }
    }

    /// The recipe with a seed.
    pub(super) fn bucketing(self, seed: &str) -> Bucketing {
        let seed = Part::Text(seed.to_owned());
        let (hash, input, modulus) = match self {
            Self::V1 => (Hash::Fnv1a, vec![Part::Subject, seed], 1_000_u32),
            Self::V2 => (Hash::Fnv1aTwice, vec![seed, Part::Subject], 10_000),
        };
        let divide = Some(Division::Double(f64::from(modulus)));
        let scale = Scale { divide, ..Scale::modulo(modulus.into()) };
        Bucketing { hash, input, reads: TextReading::Script, units: Units::Utf16, scale }
    }

    /// The same, ready for use.
    pub fn prepare(self, seed: &str) -> PreparedBucketing {
        self.bucketing(seed).prepare()
    }
}

/// A part of all users that is disjoint from others of the same name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Namespace {
    pub(super) name: String,
    pub(super) range: (f64, f64),
}

impl Namespace {
    pub(super) fn bucketing(&self) -> Bucketing {
        HashVersion::V1.bucketing(&format!("__{}", self.name))
    }

    pub(super) fn holds(&self, user: ValueRef<'_>) -> bool {
        let bucket = self.bucketing().prepare().bucket(user);
        bucket.is_some_and(|bucket| is_inside(bucket, self.range))
    }
}

/// Whether a user is in this part of a namespace.
pub fn is_in_namespace(user: ValueRef<'_>, name: &str, range: (f64, f64)) -> bool {
    let namespace = Namespace { name: name.to_owned(), range };
    namespace.holds(user)
}

/// Equal shares.
pub fn equal_weights(count: usize) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of variations are small")]
    let share = 1.0 / count as f64;
    vec![share; count]
}

/// The range of each variation: its share begins where the one before ends, and is filled up to
/// the coverage. Weights that do not fit the variations or do not add up to 1 are equal ones.
pub fn bucket_ranges(count: usize, coverage: f64, weights: Option<&[f64]>) -> Vec<(f64, f64)> {
    let coverage = coverage.clamp(0.0, 1.0);
    let adds_up = |weights: &&[f64]| {
        // The sum over nothing is 0 and not, as Rust has it, -0.
        let sum = weights.iter().fold(0.0, |sum, weight| sum + weight);
        weights.len() == count && (0.99..=1.01).contains(&sum)
    };
    let weights = weights.filter(adds_up).map_or_else(|| equal_weights(count), <[f64]>::to_vec);
    let mut from = 0.0;
    let range = |weight: f64| {
        let start = from;
        from += weight;
        (start, start + coverage * weight)
    };
    weights.into_iter().map(range).collect()
}

/// The first range that holds the bucket.
pub fn choose_variation(bucket: f64, ranges: &[(f64, f64)]) -> Option<usize> {
    ranges.iter().position(|range| is_inside(bucket, *range))
}

/// `from ≤ bucket < to`
pub(super) fn is_inside(bucket: f64, (from, to): (f64, f64)) -> bool {
    bucket >= from && bucket < to
}
