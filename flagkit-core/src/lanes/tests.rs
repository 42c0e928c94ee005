use proptest::collection::vec;
use proptest::prelude::*;

use super::function::LANES;
use super::level::Level;
use super::*;
use crate::bucketing::{Bucketing, Hash, Part, PreparedBucketing, Reduction, Scale, Units};
use crate::document::TextReading;

fn prepared(hash: Hash, [prefix, suffix]: [&str; 2], scale: Scale) -> PreparedBucketing {
    let input = vec![Part::Text(prefix.into()), Part::Subject, Part::Text(suffix.into())];
    Bucketing { hash, input, reads: TextReading::Json, units: Units::Utf8, scale }.prepare()
}

fn whole() -> Scale {
    Scale { reduce: Reduction::None, ..Scale::modulo(1) }
}

/// The hash of a text in a lane, with others beside it so that lanes are used at all.
fn hash_in_lanes(level: Level, hash: Hash, text: &str) -> u128 {
    let mut batch = Batch::at(level);
    let prepared = prepared(hash, ["", ""], whole());
    let places: Vec<usize> = (0..LANES + 5)
        .map(|lane| if lane % 7 == 4 { text } else { "another" })
        .map(|text| batch.push(&prepared, text).unwrap())
        .collect();
    let hashes = batch.run();
    assert_eq!(hashes[places[4]], hashes[places[LANES]], "lane 4 and lane 32 of {level:?}");
    hashes[places[4]]
}

fn check(hash: Hash, cases: &[(&str, u128)]) {
    for level in Level::all() {
        for (text, expected) in cases {
            assert_eq!(hash_in_lanes(level, hash, text), *expected, "{text} at {level:?}");
        }
    }
}

#[test]
fn md5_is_that_of_the_rfc() {
    // RFC 1321, appendix A.5, those of one block.
    check(
        Hash::Md5 { bits: 128 },
        &[
            ("", 0xd41d_8cd9_8f00_b204_e980_0998_ecf8_427e),
            ("a", 0x0cc1_75b9_c0f1_b6a8_31c3_99e2_6977_2661),
            ("abc", 0x9001_5098_3cd2_4fb0_d696_3f7d_28e1_7f72),
            ("message digest", 0xf96b_697d_7cb7_938d_525a_2f31_aaf1_61d0),
            ("abcdefghijklmnopqrstuvwxyz", 0xc3fc_d3d7_6192_e400_7dfb_496c_ca67_e13b),
        ],
    );
    check(Hash::Md5 { bits: 32 }, &[("abc", 0x9001_5098)]);
    check(Hash::Md5 { bits: 60 }, &[("abc", 0x0900_1509_83cd_24fb)]);
    check(Hash::Md5 { bits: 0 }, &[("abc", 0)]);
}

#[cfg(feature = "sha")]
#[test]
fn the_sha_family_is_that_of_the_standard() {
    // FIPS 180-4, "abc" and the empty message, cut at 128 bits.
    check(
        Hash::Sha1 { bits: 160 },
        &[
            ("abc", 0xa999_3e36_4706_816a_ba3e_2571_7850_c26c),
            ("", 0xda39_a3ee_5e6b_4b0d_3255_bfef_9560_1890),
        ],
    );
    check(
        Hash::Sha256 { bits: 256 },
        &[
            ("abc", 0xba78_16bf_8f01_cfea_4141_40de_5dae_2223),
            ("", 0xe3b0_c442_98fc_1c14_9afb_f4c8_996f_b924),
        ],
    );
}

#[test]
fn what_is_more_than_a_hash_of_one_short_text_is_asked_for_by_itself() {
    let md5 = Hash::Md5 { bits: 128 };
    let bucketing = Bucketing {
        hash: md5,
        input: vec![Part::Text("salt".into()), Part::Subject],
        reads: TextReading::Json,
        units: Units::Utf8,
        scale: Scale::modulo(100),
    };
    let taken = |bucketing: &Bucketing, subject: &str| {
        let prepared = bucketing.prepare();
        let mut buckets = Vec::new();
        prepared.buckets_of([subject; 3], &mut buckets);
        assert_eq!(buckets, [prepared.bucket(subject.into()); 3]);
        Batch::with_capacity(4).push(&prepared, subject).is_some()
    };
    assert!(taken(&bucketing, &"x".repeat(51)) && !taken(&bucketing, &"x".repeat(52)));
    let input = vec![Part::AskedFlag, Part::Subject];
    let again = Scale { repeat_at: Some(5.0), ..bucketing.scale };
    for other in [
        Bucketing { units: Units::Cbor, ..bucketing.clone() },
        Bucketing { units: Units::Utf16, ..bucketing.clone() },
        Bucketing { reads: TextReading::Lowercase, ..bucketing.clone() },
        Bucketing { hash: Hash::Crc32, ..bucketing.clone() },
        Bucketing { scale: again, ..bucketing.clone() },
        Bucketing { input, ..bucketing },
    ] {
        assert!(!taken(&other, "A1"), "{other:?}");
    }
}

#[test]
fn a_batch_that_has_run_begins_anew() {
    let mut batch = Batch::with_capacity(4);
    let prepared = prepared(Hash::Md5 { bits: 128 }, ["a:", ""], whole());
    for round in 0..3 {
        let subject = round.to_string();
        assert_eq!(batch.push(&prepared, &subject), Some(0));
        let bucket = prepared.bucket_of_hash(batch.run()[0]);
        assert_eq!(Some(bucket), prepared.bucket(subject.as_str().into()));
        assert_eq!(batch.run(), []);
    }
}

/// Text of up to 200 bytes, mostly short ones, in one to four bytes a character.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z0-9_:-]{0,24}",
        2 => "[aß€😀]{0,14}",
        1 => "[a-z😀]{0,50}",
        1 => "[ -~]{50,200}",
    ]
}

fn any_scale() -> impl Strategy<Value = Scale> {
    let divided = Scale { divide: Some(crate::bucketing::Division::Double(7.0)), ..whole() };
    prop_oneof![
        Just(Scale::modulo(10_000)),
        Just(Scale::modulo(100).plus(1)),
        Just(whole()),
        Just(divided),
    ]
}

fn any_bucketing() -> impl Strategy<Value = PreparedBucketing> {
    let around = (any_text(), prop_oneof![2 => Just(String::new()), 1 => any_text()]);
    (any_hash(), around, any_scale())
        .prop_map(|(hash, (prefix, suffix), scale)| prepared(hash, [&prefix, &suffix], scale))
}

fn any_hash() -> impl Strategy<Value = Hash> {
    (0..=140_u32, 0..3_u8).prop_map(|(bits, function)| match function {
        #[cfg(feature = "sha")]
        0 => Hash::Sha1 { bits },
        #[cfg(feature = "sha")]
        1 => Hash::Sha256 { bits },
        _ => Hash::Md5 { bits },
    })
}

proptest! {
    #[test]
    fn a_batch_gives_the_buckets_of_single_calls(
        asked in vec((any_bucketing(), any_text()), 0..90),
    ) {
        for level in Level::all() {
            let mut batch = Batch::at(level);
            let places: Vec<_> =
                asked.iter().map(|(prepared, subject)| batch.push(prepared, subject)).collect();
            let hashes = batch.run();
            for ((prepared, subject), place) in asked.iter().zip(places) {
                let Some(place) = place else { continue };
                let bucket = prepared.bucket_of_hash(hashes[place]);
                prop_assert_eq!(Some(bucket), prepared.bucket(subject.as_str().into()));
            }
        }
    }

    #[test]
    fn a_column_gives_the_buckets_of_single_calls(
        prepared in any_bucketing(),
        subjects in vec(any_text(), 0..90),
    ) {
        let single: Vec<_> =
            subjects.iter().map(|subject| prepared.bucket(subject.as_str().into())).collect();
        for level in Level::all() {
            let mut buckets = vec![None];
            prepared.buckets_at(level, subjects.iter().map(String::as_str), &mut buckets);
            prop_assert_eq!(&buckets[1..], &single[..], "{:?}", level);
        }
    }
}
