//! What the parts of an evaluation cost at the least.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::{ArcSwap, Cache};
use hashbrown::DefaultHashBuilder;
use md5::{Digest, Md5};

/// One digest of 20 bytes with the `md-5` crate, modulo 10,000.
#[inline]
pub fn md5_of_20_bytes(bytes: &[u8]) -> u32 {
    let digest = Md5::digest(bytes);
    let number = digest.first_chunk().map_or(0, |first| u128::from_be_bytes(*first));
    u32::try_from(number % 10_000).unwrap_or_default()
}

/// A map with one key and the hasher that the engine uses (foldhash).
pub fn one_key_map() -> HashMap<String, u32, DefaultHashBuilder> {
    HashMap::from_iter([("w1".to_owned(), 7)])
}

/// A shared slice behind a cached atomic pointer: load it, read one element.
pub struct CachedSlice {
    cache: Cache<Arc<ArcSwap<Vec<u64>>>, Arc<Vec<u64>>>,
}

impl std::fmt::Debug for CachedSlice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CachedSlice").finish_non_exhaustive()
    }
}

impl CachedSlice {
    /// Ten thousand numbers.
    pub fn new() -> Self {
        let numbers = Arc::new(ArcSwap::from_pointee((0..10_000).collect::<Vec<u64>>()));
        Self { cache: Cache::new(numbers) }
    }

    /// Loads the pointer and reads one element.
    #[inline]
    pub fn read(&mut self, index: usize) -> u64 {
        self.cache.load().get(index).copied().unwrap_or_default()
    }
}

impl Default for CachedSlice {
    fn default() -> Self {
        Self::new()
    }
}
