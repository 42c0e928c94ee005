//! The bucketing scheme of a flag or document: `hash`, or a whole record.
//!
//! A record carries over how another flag management system puts users into buckets, so
//! that everybody keeps theirs: `bucketing: { hash: murmur3, buckets: 100, first: 1 }`.

use flagkit_core::Hash;

use crate::bounds::{Scheme, Template};
use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// The scheme that these fields name; `usual` if they name none.
pub(super) fn scheme(fields: &Fields<'_, '_>, usual: &Scheme, report: &mut Report) -> Scheme {
    match (fields.node("bucketing"), fields.node("hash")) {
        (Some(_), Some(_)) => {
            let problem = "`hash` is a part of `bucketing` where that is given";
            report.error(&fields.at("hash"), problem, "move it there");
            usual.clone()
        }
        (Some(node), None) => record(node, &fields.at("bucketing"), report),
        (None, Some(_)) => named(fields, report).map_or_else(|| usual.clone(), Scheme::hashed),
        (None, None) => usual.clone(),
    }
}

fn named(fields: &Fields<'_, '_>, report: &mut Report) -> Option<Hash> {
    let name = fields.text("hash", report)?;
    let hash = match name {
        "md5" => Some(Hash::Md5 { bits: ALL_BITS }),
        "xxh3" => Some(Hash::Xxh3),
        _ => None,
    };
    if hash.is_none() {
        let problem = format!("there is no hash `{name}`");
        let mend = "write `md5` or `xxh3`; the others stand in a `bucketing` record";
        report.error_about(&fields.at("hash"), problem, mend, name);
    }
    hash
}

fn record(node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Scheme {
    let usual = Scheme::hashed(Hash::Md5 { bits: ALL_BITS });
    let Some(fields) = Fields::read(node, path, KEYS, report) else {
        return usual;
    };
    let seed = whole(&fields, "seed", 0, 0..=u64::from(u32::MAX), report);
    let bits = whole(&fields, "bits", u64::from(ALL_BITS), 1..=u64::from(ALL_BITS), report);
    let [seed, bits] = [seed, bits].map(|number| u32::try_from(number).unwrap_or_default());
    let name = fields.text("hash", report).unwrap_or("md5");
    let hash = hash(name, seed, bits);
    if hash.is_none() {
        let problem = format!("there is no hash `{name}`");
        let mend = "write one of md5, sha1, sha256, xxh3, murmur3, fnv1a, fnv1a-twice, crc32, java";
        report.error_about(&fields.at("hash"), problem, mend, name);
    }
    let buckets = whole(&fields, "buckets", 10_000, 1..=BUCKETS_MAX, report);
    Scheme {
        hash: hash.unwrap_or(usual.hash),
        input: input(&fields, report),
        buckets: u32::try_from(buckets).unwrap_or(u32::MAX),
        counts_from_one: whole(&fields, "first", 0, 0..=1, report) == 1,
    }
}

fn hash(name: &str, seed: u32, bits: u32) -> Option<Hash> {
    Some(match name {
        "md5" => Hash::Md5 { bits },
        #[cfg(feature = "_vendor")]
        "sha1" => Hash::Sha1 { bits },
        #[cfg(feature = "_vendor")]
        "sha256" => Hash::Sha256 { bits },
        "xxh3" => Hash::Xxh3,
        "murmur3" => Hash::Murmur3 { seed },
        "fnv1a" => Hash::Fnv1a,
        "fnv1a-twice" => Hash::Fnv1aTwice,
        "crc32" => Hash::Crc32,
        "java" => Hash::JavaText { seed },
        _ => return None,
    })
}

/// What is hashed: text in which `{salt}` and `{id}` stand for those.
fn input(fields: &Fields<'_, '_>, report: &mut Report) -> Template {
    let Some(text) = fields.text("input", report) else {
        return Template::default();
    };
    Template::parse(text).unwrap_or_else(|| {
        let problem = format!("`{text}` does not name the id exactly once");
        let mend = "write such as `{salt}:{id}`";
        report.error_about(&fields.at("input"), problem, mend, text);
        Template::default()
    })
}

fn whole(
    fields: &Fields<'_, '_>,
    name: &'static str,
    usual: u64,
    range: std::ops::RangeInclusive<u64>,
    report: &mut Report,
) -> u64 {
    let number = match fields.node(name) {
        None => return usual,
        Some(Node::Integer(number)) => u64::try_from(*number).ok(),
        Some(_) => None,
    };
    number.filter(|number| range.contains(number)).unwrap_or_else(|| {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        fields.mismatch(name, &wanted, "write such a number without quotes", report);
        usual
    })
}

const KEYS: &[&str] = &["hash", "seed", "bits", "buckets", "first", "input"];
const ALL_BITS: u32 = 128;
/// Buckets are counted in 32 bits.
const BUCKETS_MAX: u64 = 1 << 31;

#[cfg(test)]
mod tests;
