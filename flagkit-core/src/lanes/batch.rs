//! Many bucketings at once.

use super::function::Function;
use super::group::{Group, Slot};
use super::level::Level;
use super::message;
use crate::bucketing::PreparedBucketing;

/// Hashes for any number of bucketings and subjects, computed together.
///
/// Push what will be asked for, run, and look the hashes up by the places that
/// `push` gave. A batch has room for 3 KiB of messages for each of three hash functions;
/// only the list of hashes, 16 bytes each, is allocated.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    md5: Group,
    #[cfg(feature = "sha")]
    sha1: Group,
    #[cfg(feature = "sha")]
    sha256: Group,
    hashes: Vec<u128>,
}

impl Batch {
    /// An empty batch for this machine, with room for this many hashes.
    pub(crate) fn with_capacity(len: usize) -> Self {
        Self { hashes: Vec::with_capacity(len), ..Self::at(Level::detect()) }
    }

    /// An empty batch that uses no other vectors than these.
    pub(crate) fn at(level: Level) -> Self {
        Self {
            md5: Group::new(Function::Md5, level),
            #[cfg(feature = "sha")]
            sha1: Group::new(Function::Sha1, level),
            #[cfg(feature = "sha")]
            sha256: Group::new(Function::Sha256, level),
            hashes: Vec::new(),
        }
    }

    /// Asks for the hash of this subject: its place in what [`run`](Self::run) returns.
    ///
    /// `None` if it would not gain by it: a long text, another hash, a scheme with more than a
    /// hash of one text. Such a bucket is asked for by itself.
    #[inline]
    pub(crate) fn push(&mut self, prepared: &PreparedBucketing, subject: &str) -> Option<usize> {
        let (hash, [prefix, suffix]) = prepared.as_hash_of_text()?;
        let (function, bits) = Function::of(hash)?;
        let hashes = &mut self.hashes;
        let group = match function {
            Function::Md5 => &mut self.md5,
            #[cfg(feature = "sha")]
            Function::Sha1 => &mut self.sha1,
            #[cfg(feature = "sha")]
            Function::Sha256 => &mut self.sha256,
        };
        let place = hashes.len();
        let begin = |block: &mut _| message::begin(block, prefix.as_bytes());
        if !group.push(begin, [subject, suffix], Slot { place, bits }) {
            return None;
        }
        hashes.push(0);
        if group.is_full() {
            flush(group, hashes);
        }
        Some(place)
    }

    /// All hashes, each in its place; see [`PreparedBucketing::bucket_of_hash`]. The batch is empty
    /// then.
    pub(crate) fn run(&mut self) -> Vec<u128> {
        let (groups, hashes) = self.parts();
        for group in groups {
            flush(group, hashes);
        }
        std::mem::take(&mut self.hashes)
    }

    #[cfg(feature = "sha")]
    fn parts(&mut self) -> ([&mut Group; 3], &mut Vec<u128>) {
        ([&mut self.md5, &mut self.sha1, &mut self.sha256], &mut self.hashes)
    }

    #[cfg(not(feature = "sha"))]
    fn parts(&mut self) -> ([&mut Group; 1], &mut Vec<u128>) {
        ([&mut self.md5], &mut self.hashes)
    }
}

fn flush(group: &mut Group, hashes: &mut [u128]) {
    group.flush(|place, hash| {
        if let Some(kept) = hashes.get_mut(place) {
            *kept = hash;
        }
    });
}
