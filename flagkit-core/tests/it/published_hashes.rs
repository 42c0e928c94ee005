//! Buckets that flag management systems have published.
//!
//! Read from `../shared/conformance` seen from the workspace, or from the folder
//! that `FLAGKIT_CONFORMANCE` names; skipped, with a word, where it is absent.

use std::fs;
use std::path::PathBuf;

use flagkit_core::document::TextReading;
use flagkit_core::{Bucketing, Division, Hash, Part, Scale, Units};
use serde_json::Value;

fn cases(vendor: &str) -> Vec<Value> {
    let folder = std::env::var_os("FLAGKIT_CONFORMANCE").map(PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/conformance");
    let file = folder.unwrap_or_else(|| beside.into()).join(vendor).join("cases.jsonl");
    let Ok(text) = fs::read_to_string(&file) else {
        println!("skipped: there is no {}", file.display());
        return Vec::new();
    };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn bucket(hash: Hash, input: &[&str], scale: Scale) -> f64 {
    let input = input.iter().map(|text| match *text {
        "" => Part::Subject,
        text => Part::Text(text.into()),
    });
    let (reads, units) = (TextReading::Strict, Units::Utf16);
    let bucketing = Bucketing { hash, input: input.collect(), reads, units, scale };
    bucketing.prepare().bucket("".into()).unwrap()
}

#[test]
fn murmur3_and_java_hashes_are_those_of_the_published_tables() {
    let mut checked = 0;
    for case in cases("split").iter().filter(|case| case["kind"] == "bucket") {
        let key = case["context"]["key"].as_str().unwrap();
        // Seeds may be negative: they count modulo 2³².
        let seed = case["input"]["seed"].as_i64().unwrap().rem_euclid(1 << 32);
        let seed = u32::try_from(seed).unwrap();
        let (hash, absolute_32) = match case["input"]["algo"].as_i64() {
            Some(2) => (Hash::Murmur3 { seed }, false),
            _ => (Hash::JavaText { seed }, true),
        };
        let scale = Scale { absolute_32, ..Scale::modulo(100).plus(1) };
        let Some(expected) = case["expected"]["bucket"].as_f64() else { continue };
        assert_eq!(bucket(hash, &[key], scale), expected, "{}", case["id"]);
        checked += 1;
    }
    println!("{checked} buckets");
}

#[test]
fn fnv1a_hashes_are_those_of_the_published_tables() {
    for case in cases("growthbook").iter().filter(|case| case["kind"] == "hash") {
        let text = |name: &str| case["input"][name].as_str().unwrap().to_owned();
        let (seed, value) = (text("seed"), text("value"));
        let (hash, input, modulus) = match case["input"]["version"].as_i64() {
            Some(1) => (Hash::Fnv1a, format!("{value}{seed}"), 1_000),
            Some(2) => (Hash::Fnv1aTwice, format!("{seed}{value}"), 10_000),
            _ => continue,
        };
        #[expect(clippy::cast_precision_loss, reason = "1,000 and 10,000")]
        let divide = Some(Division::Double(modulus as f64));
        let scale = Scale { divide, ..Scale::modulo(modulus) };
        let expected = case["expected"]["hash"].as_f64().unwrap();
        assert_eq!(bucket(hash, &[&input], scale), expected, "{}", case["id"]);
    }
}

#[cfg(feature = "sha")]
#[test]
fn sha1_buckets_in_single_precision_are_the_published_ones() {
    // key `hashKey`, salt `saltyA`; and with the seed 61 in their place.
    let scale = Scale {
        reduce: flagkit_core::Reduction::None,
        divide: Some(Division::Single(1_152_921_504_606_846_975.0)),
        ..Scale::modulo(1)
    };
    for (input, expected) in [
        ("hashKey.saltyA.userKeyA", 0.421_575_87_f32),
        ("hashKey.saltyA.userKeyB", 0.670_848_5),
        ("hashKey.saltyA.userKeyC", 0.103_431_06),
        ("61.userKeyA", 0.098_012_07),
        ("61.userKeyB", 0.144_837_77),
        ("61.userKeyC", 0.924_264_1),
    ] {
        let found = bucket(Hash::Sha1 { bits: 60 }, &[input], scale);
        assert_eq!(found, f64::from(expected), "{input}");
    }
}
