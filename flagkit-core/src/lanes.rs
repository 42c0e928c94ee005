//! Many short hashes side by side, one in each lane of the processor's vectors.
//!
//! A hash of a short text is one long chain of steps that wait for each other: a
//! processor that works on a single one is idle most of the time. Messages that
//! fit one block are padded into rows, 32 rows are turned into vectors, and two
//! vectors' worth of chains run interleaved. What comes out is bit for bit what
//! [`Hash`](crate::Hash) gives for one message.
//!
//! There are two doors. [`Batch`] is for many bucketings and few subjects, as when
//! all flags are evaluated for one user. [`PreparedBucketing::buckets_of`] is for
//! one bucketing and many subjects, as when one flag is evaluated for a column.
//! Whatever is no plain hash of one short text goes the way of single buckets.
//!
//! The width is chosen at run time: AVX-512 of the generation of Ice Lake, AVX2,
//! or SSE2 on x86, NEON on `AArch64`. Without the feature `simd`, and on other
//! machines, the same blocks are hashed one by one.
//!
//! MD5 gains at every width. A processor with instructions for SHA hashes one block
//! after another faster than in any lanes but those of AVX-512; what is left to gain
//! there is that blocks are padded here, without the buffers of a general hasher.
//!
//! Left out are hashes that cost less for a short text than joining that text does:
//! `MurmurHash3`, XXH3, FNV-1a and the text hash of Java. CRC-32 is rare.
//!
//! [`PreparedBucketing::buckets_of`]: crate::PreparedBucketing::buckets_of

mod batch;
mod column;
mod function;
mod group;
mod level;
mod message;

#[cfg(feature = "simd")]
mod md5;
#[cfg(all(feature = "simd", feature = "sha"))]
mod sha1;
#[cfg(all(feature = "simd", feature = "sha"))]
mod sha256;
#[cfg(feature = "simd")]
mod vector;

pub(crate) use batch::Batch;

#[cfg(test)]
mod tests;
