//! Which buckets are inside, and where a ramp has got to.

use crate::snapshot::condition::{Bucket, Ramp};
use crate::timestamp::Timestamp;
use crate::value::ValueRef;

impl Bucket {
    /// Whether this subject is inside.
    #[inline]
    pub(super) fn admits(&self, subject: Option<&ValueRef<'_>>, asked_flag: &str) -> bool {
        if self.has(subject) {
            return true;
        }
        let bucket = subject.and_then(|subject| self.bucketing.bucket_of(subject, asked_flag));
        self.holds(bucket)
    }

    /// Whether this subject is inside without a look at its bucket.
    #[inline]
    pub(super) fn has(&self, subject: Option<&ValueRef<'_>>) -> bool {
        self.has_all_texts && matches!(subject, Some(ValueRef::String(_)))
    }

    /// Whether this bucket is inside.
    #[inline]
    pub(super) fn holds(&self, bucket: Option<f64>) -> bool {
        bucket.map_or(self.when_missing, |bucket| {
            self.ranges.iter().any(|(from, to)| *from <= bucket && bucket < *to)
        })
    }
}

impl Ramp {
    /// Where the bound is at this time.
    pub(super) fn bound(&self, time: Timestamp) -> f64 {
        if time < self.start {
            return 0.0;
        }
        if time >= self.end {
            return self.last.floor();
        }
        let whole = |time: Timestamp| time.unix_seconds().floor();
        let per_second = (self.last - self.first) / (whole(self.end) - whole(self.start));
        ((whole(time) - whole(self.start)) * per_second + self.first).floor()
    }
}
