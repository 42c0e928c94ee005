//! Choices: one source of decisions for every generator, repeatable to the bit.
//!
//! A seed answers for ever (`SplitMix64`); bytes, as a fuzzer hands them out, answer
//! zeros once they are used up. Zero is always the plainest choice: the lower end, the
//! first item, `false`. So whatever a fuzzer cuts short ends soon.

/// A repeatable source of decisions.
///
/// ```
/// use flagkit_testkit::Choices;
///
/// let (mut one, mut other) = (Choices::from_seed(7), Choices::from_seed(7));
/// assert_eq!(one.below(1_000), other.below(1_000));
/// assert_eq!(Choices::from_bytes(&[]).pick(&["first", "second"]), &"first");
/// ```
#[derive(Clone, Debug)]
pub struct Choices {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Seed(u64),
    /// In reverse, so that the next byte is at the end.
    Bytes(Vec<u8>),
}

impl Choices {
    /// Choices that never run out.
    pub fn from_seed(seed: u64) -> Self {
        Self { source: Source::Seed(seed) }
    }

    /// The choices these bytes stand for, then zeros.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { source: Source::Bytes(bytes.iter().rev().copied().collect()) }
    }

    /// Whether the bytes are used up; a seed never is.
    pub fn is_exhausted(&self) -> bool {
        matches!(&self.source, Source::Bytes(bytes) if bytes.is_empty())
    }

    /// A number from 0 to `limit - 1`; 0 if `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        let number = match &mut self.source {
            Source::Seed(state) => next(state),
            Source::Bytes(bytes) => take(bytes, limit),
        };
        usize::try_from(number % limit).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = usize::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add(i64::try_from(self.below(width)).unwrap_or(0))
    }

    /// `true` in that many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100_usize.saturating_sub(percent)
    }

    /// One of the items.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[expect(clippy::indexing_slicing, reason = "documented, and `below` stays inside")]
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Some of the items, at most `most`, each at most once and in their order.
    pub fn some<T: Clone>(&mut self, items: &[T], most: usize) -> Vec<T> {
        let mut left = self.below(most.min(items.len()) + 1);
        let mut chosen = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if left > 0 && self.below(items.len() - index) < left {
                chosen.push(item.clone());
                left -= 1;
            }
        }
        chosen
    }
}

/// `SplitMix64`, as Vigna published it.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// As few bytes as the limit needs: fuzzers learn faster where one byte is one choice.
fn take(bytes: &mut Vec<u8>, limit: u64) -> u64 {
    let mut number = 0_u64;
    let mut reach = 1_u64;
    while reach < limit {
        number = (number << 8) | u64::from(bytes.pop().unwrap_or(0));
        reach = reach.saturating_mul(256);
    }
    number
}

#[cfg(test)]
mod tests;
