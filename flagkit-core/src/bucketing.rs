//! Bucketing: how a subject becomes a number, as data.
//!
//! Every flag management system hashes differently, and a user must keep the
//! bucket that their system gave them. So nothing here is fixed: the hash, what
//! text is hashed in which order and encoding, how many bits of the digest count,
//! and the arithmetic from there to the bucket are all fields of [`Bucketing`].
//!
//! A bucket is an `f64`. Integers below 2⁵³ and single-precision fractions both
//! fit it exactly, so one comparison serves schemes of integers and of fractions.
//!
//! ```
//! use flagkit_core::document::TextReading;
//! use flagkit_core::{Bucketing, Hash, Part, Scale, Units};
//!
//! // md5("new-checkout:user_123") = 20f89e0f…2948, read as one integer, mod 10,000
//! let bucketing = Bucketing {
//!     hash: Hash::Md5 { bits: 128 },
//!     input: vec![Part::Text("new-checkout:".into()), Part::Subject],
//!     reads: TextReading::Json,
//!     units: Units::Utf8,
//!     scale: Scale::modulo(10_000),
//! };
//! assert_eq!(bucketing.prepare().bucket("user_123".into()), Some(8.0));
//! ```

use std::fmt;

use crate::reading::TextReading;
use crate::value::ValueRef;

mod cbor;
mod hash;
mod input;
mod scale;

pub use hash::Hash;
pub(crate) use hash::{keep_leading, md5_of_block};
#[cfg(feature = "sha")]
pub(crate) use hash::{sha1_of_block, sha256_of_block};
use scale::Remainder;
pub use scale::{Division, Reduction, Scale};

/// The whole recipe from a subject to its bucket.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
#[expect(clippy::exhaustive_structs, reason = "plain data: a new field must be said everywhere")]
pub struct Bucketing {
    /// The hash function and how much of its digest counts.
    pub hash: Hash,
    /// What is hashed, in order. The subject may stand anywhere, once.
    pub input: Vec<Part>,
    /// What can be a subject, and its text. CBOR takes every value.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub reads: TextReading,
    /// How text becomes what the hash eats.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub units: Units,
    /// From the hash to the bucket.
    pub scale: Scale,
}

/// A piece of what is hashed.
#[derive(Clone, Debug, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum Part {
    /// This text: a salt, a flag key, a separator.
    Text(String),
    /// The subject.
    Subject,
    /// The key of the flag that the caller asked for, also while one of its prerequisites is
    /// evaluated. It may stand once.
    AskedFlag,
    /// This text between repetitions, if the scale asks for them; otherwise nothing.
    Separator(String),
}

/// How text becomes what the hash eats.
#[derive(Clone, Copy, Debug, Default, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum Units {
    /// UTF-8 bytes of the text.
    #[default]
    Utf8,
    /// UTF-16 code units; only the FNV-1a and Java hashes take them, others see UTF-8.
    Utf16,
    /// The subject as deterministic CBOR (RFC 8949, section 4.2.1), surrounding text as UTF-8.
    Cbor,
}

impl Hash {
    /// The low 32 bits of the hash of a value as deterministic CBOR.
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are what is asked for")]
    pub(crate) fn of_cbor(self, value: ValueRef<'_>) -> u32 {
        cbor::with_encoded(value, |bytes| self.of_bytes(bytes)) as u32
    }

    /// The low 32 bits of the hash of these texts, one after another.
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are what is asked for")]
    pub(crate) fn of_texts(self, parts: [&str; 3]) -> u32 {
        input::with_joined(parts.map(str::as_bytes), |bytes| self.of_bytes(bytes)) as u32
    }
}

impl Bucketing {
    /// Joins the constant text around the subject, once.
    pub fn prepare(&self) -> PreparedBucketing {
        let (mut prefix, mut suffix) = (String::new(), String::new());
        let (mut separator, mut asked, mut has_subject) = ("", None, false);
        for part in &self.input {
            let side = if has_subject { &mut suffix } else { &mut prefix };
            match part {
                Part::Text(text) => side.push_str(text),
                Part::Subject => has_subject = true,
                Part::AskedFlag => {
                    asked = Some(Asked { behind_subject: has_subject, at: side.len() });
                }
                Part::Separator(text) => separator = text,
            }
        }
        let (prefix, suffix) = (prefix.into_boxed_str(), suffix.into_boxed_str());
        let Self { hash, reads, units, scale, .. } = *self;
        let is_plain = units == Units::Utf8 && reads.keeps_text() && asked.is_none();
        let remainder = if is_plain { scale.as_remainder() } else { None };
        let separator = separator.into();
        PreparedBucketing { prefix, suffix, separator, asked, hash, reads, units, scale, remainder }
    }
}

/// A [`Bucketing`] made ready to be used many times.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedBucketing {
    prefix: Box<str>,
    suffix: Box<str>,
    /// Between repetitions.
    separator: Box<str>,
    asked: Option<Asked>,
    hash: Hash,
    reads: TextReading,
    units: Units,
    scale: Scale,
    /// The whole scale where it is a remainder and no more, as in most schemes.
    remainder: Option<Remainder>,
}

/// Where the key of the asked flag stands.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Asked {
    behind_subject: bool,
    /// This many bytes into the prefix or suffix.
    at: usize,
}

impl PreparedBucketing {
    /// The bucket of this subject; `None` if it cannot be read as a subject.
    ///
    /// Texts, numbers and booleans are hashed as their text without a heap
    /// allocation up to 4 KiB in all; lists and objects as compact JSON, which is
    /// built on the heap.
    #[inline]
    pub fn bucket(&self, subject: ValueRef<'_>) -> Option<f64> {
        self.bucket_for(subject, "")
    }

    /// The same where a flag of this key was asked for.
    #[inline]
    pub fn bucket_for(&self, subject: ValueRef<'_>, asked_flag: &str) -> Option<f64> {
        self.bucket_of(&subject, asked_flag)
    }

    /// The same for a subject that stays where it is.
    #[inline]
    pub(crate) fn bucket_of(&self, subject: &ValueRef<'_>, asked_flag: &str) -> Option<f64> {
        match (subject, self.remainder) {
            (ValueRef::String(text), Some(remainder)) => {
                Some(self.bucket_of_plain(text, remainder))
            }
            _ => self.bucket_of_any(*subject, asked_flag),
        }
    }

    /// Whether every text falls between these buckets, the second not included.
    pub(crate) fn is_always_between(&self, from: f64, to: f64) -> bool {
        self.remainder.map(Remainder::ends).is_some_and(|(first, last)| from <= first && last < to)
    }

    /// Whether the key of the flag that was asked for is hashed, too.
    pub(crate) fn asks_for_flag(&self) -> bool {
        self.asked.is_some()
    }

    /// The hash and the text around the subject, if the bucket of a text is the scaled hash of
    /// these three and no more.
    #[inline]
    pub(crate) fn as_hash_of_text(&self) -> Option<(Hash, [&str; 2])> {
        let is_plain = self.remainder.is_some()
            || (self.units == Units::Utf8
                && self.reads.keeps_text()
                && self.asked.is_none()
                && self.scale.repeat_at.is_none());
        is_plain.then_some((self.hash, [&*self.prefix, &*self.suffix]))
    }

    /// The bucket of a hash that was computed elsewhere; see
    /// [`as_hash_of_text`](Self::as_hash_of_text).
    #[inline]
    pub(crate) fn bucket_of_hash(&self, hash: u128) -> f64 {
        self.remainder.map_or_else(|| self.scale.bucket(hash), |scale| scale.bucket(hash))
    }

    /// What most evaluations come to, apart from the choice between this and the rest: a text goes
    /// through a call in registers, a value does not.
    #[inline(never)]
    fn bucket_of_plain(&self, subject: &str, remainder: Remainder) -> f64 {
        let parts = [&*self.prefix, subject, &*self.suffix].map(str::as_bytes);
        let hash = self.hash.of_block(parts);
        let hash =
            hash.unwrap_or_else(|| input::with_joined(parts, |bytes| self.hash.of_bytes(bytes)));
        remainder.bucket(hash)
    }

    fn bucket_of_any(&self, subject: ValueRef<'_>, asked_flag: &str) -> Option<f64> {
        if self.units == Units::Cbor {
            return cbor::with_encoded(subject, |bytes| {
                let parts = self.parts(bytes, asked_flag, str::as_bytes);
                Some(self.repeated(|times| self.hash_repeated(parts, times)))
            });
        }
        self.reads.with(subject, |text| match self.asked {
            None => self.bucket_of_text([&self.prefix, text, &self.suffix]),
            Some(_) => self.bucket_of_text(self.parts(text, asked_flag, |part| part)),
        })
    }

    fn bucket_of_text<const N: usize>(&self, parts: [&str; N]) -> f64 {
        self.repeated(|times| {
            if self.units == Units::Utf16 {
                return self.hash.of_utf16(&parts, &self.separator, times);
            }
            self.hash_repeated(parts.map(str::as_bytes), times)
        })
    }

    fn hash_repeated<const N: usize>(&self, parts: [&[u8]; N], times: usize) -> u128 {
        if let (1, [prefix, subject, suffix]) = (times, parts.as_slice()) {
            let parts = [*prefix, *subject, *suffix];
            if let Some(hash) = self.hash.of_block(parts) {
                return hash;
            }
            return input::with_joined(parts, |bytes| self.hash.of_bytes(bytes));
        }
        let separator = self.separator.as_bytes();
        input::with_repeated(parts, separator, times, |bytes| self.hash.of_bytes(bytes))
    }

    /// All that is hashed, in order.
    fn parts<'p, P>(
        &'p self,
        subject: P,
        asked_flag: &'p str,
        part: impl Fn(&'p str) -> P,
    ) -> [P; 5] {
        let (prefix, suffix) = (&*self.prefix, &*self.suffix);
        let around = |side: &'p str, at| side.split_at_checked(at).unwrap_or((side, ""));
        match self.asked {
            None => [part(prefix), subject, part(suffix), part(""), part("")],
            Some(Asked { behind_subject: false, at }) => {
                let (before, behind) = around(prefix, at);
                [part(before), part(asked_flag), part(behind), subject, part(suffix)]
            }
            Some(Asked { behind_subject: true, at }) => {
                let (before, behind) = around(suffix, at);
                [part(prefix), subject, part(before), part(asked_flag), part(behind)]
            }
        }
    }

    /// Hashes the input once, or twice and more while the scheme asks for it.
    fn repeated(&self, hash: impl Fn(usize) -> u128) -> f64 {
        let mut bucket = self.scale.bucket(hash(1));
        if let Some(again) = self.scale.repeat_at {
            // A scheme that repeats asks for it once in ten thousand subjects; five
            // times in a row is the end of any text that can be hashed here.
            for times in 2..REPETITIONS_MAX {
                if bucket.to_bits() != again.to_bits() {
                    break;
                }
                bucket = self.scale.bucket(hash(times));
            }
        }
        bucket
    }
}

/// The text that is hashed, with `…` for the subject.
impl fmt::Display for PreparedBucketing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let input = self.parts("…", "{flag}", |part| part).concat();
        write!(f, "{}(\"{input}\"){}", self.hash, self.scale)
    }
}

const REPETITIONS_MAX: usize = 8;

#[cfg(test)]
mod tests;
