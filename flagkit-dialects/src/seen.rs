//! Keys that were met before: a few are compared one by one, many are a set.

use std::collections::HashSet;
use std::hash::Hash;

/// The keys so far. Most maps of a document are small, and a document has very many of them: a
/// set for each would take longer than reading it.
#[derive(Debug)]
pub(crate) struct Seen<K> {
    few: Vec<K>,
    many: HashSet<K>,
}

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self { few: Vec::new(), many: HashSet::new() }
    }
}

impl<K: Eq + Hash> Seen<K> {
    /// Whether this key is met for the first time.
    pub(crate) fn insert(&mut self, key: K) -> bool {
        if self.few.len() == FEW {
            return !self.few.contains(&key) && self.many.insert(key);
        }
        let is_new = !self.few.contains(&key);
        if is_new {
            self.few.push(key);
        }
        is_new
    }
}

const FEW: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_new_once() {
        let mut seen = Seen::default();
        for key in 0..100 {
            assert!(seen.insert(key), "{key}");
        }
        for key in 0..100 {
            assert!(!seen.insert(key), "{key}");
        }
    }
}
