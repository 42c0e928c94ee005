//! Worked examples; any MD5 tool gives the digests: `printf %s new-checkout:user_123 | md5sum`.

use super::{Bucketing, md5_modulo};

fn bucketing(hash: &str) -> Bucketing {
    let (hash, salt) = (hash.to_owned(), "new-checkout".to_owned());
    Bucketing { hash, salt, bucket_by: "user_id".to_owned() }
}

#[test]
fn a_bucket_is_the_whole_digest_modulo_ten_thousand() {
    // 20f89e0f94eb125813f5d843c7d92948
    assert_eq!(md5_modulo("new-checkout:user_123", 10_000), 8);
    // 966a4f40c6e016e1522250628ba8da83
    assert_eq!(md5_modulo("new-checkout:u-1", 10_000), 9_923);
    // a512add29a57e7bff102d6e9b9dc7d20
    assert_eq!(md5_modulo("new-checkout:anonymous", 10_000), 3_296);
}

#[test]
fn inside_is_strictly_below_and_two_decimals_count() {
    let md5 = bucketing("md5");
    // Bucket 8 is 0.08 %.
    assert!(!md5.is_inside("user_123", 0.08));
    assert!(md5.is_inside("user_123", 0.09));
    // Bucket 9923 is 99.23 %.
    assert!(!md5.is_inside("u-1", 99.23));
    assert!(md5.is_inside("u-1", 99.24));
    assert!(md5.is_inside("u-1", 100.0));
    assert!(!md5.is_inside("user_123", 0.0));
}

#[test]
fn a_pick_is_compared_with_the_running_sum() {
    // a1d321defd8d8f2271d1f95481013aac, pick 5948; 11ea491cc9e5910f35f23e72b4bf9783, pick 3811.
    let weights = [("control".to_owned(), 50.0), ("treatment".to_owned(), 50.0)];
    let md5 = bucketing("md5");
    assert_eq!(md5.pick("user_123", &weights).as_deref(), Some("treatment"));
    assert_eq!(md5.pick("u-2", &weights).as_deref(), Some("control"));
    // Strictly below: a sum of exactly 0.5948 does not hold the pick 5948.
    let exact = [("a".to_owned(), 5_948.0), ("b".to_owned(), 4_052.0)];
    assert_eq!(md5.pick("user_123", &exact).as_deref(), Some("b"));
}

#[test]
fn variants_without_weight_are_not_picked() {
    let md5 = bucketing("md5");
    let (none, some) = (("a".to_owned(), 0.0), ("b".to_owned(), 2.0));
    assert_eq!(md5.pick("u-1", &[]), None);
    assert_eq!(md5.pick("u-1", std::slice::from_ref(&none)), None);
    assert_eq!(md5.pick("u-1", &[none.clone(), some, none]).as_deref(), Some("b"));
}

#[test]
fn the_other_hash_is_xxh3() {
    // XXH3 (64 bits, seed 0) of "abc" is 0x78af5f94892f3950 and of "a" 0xe6c632b61e964e1f;
    // modulo 10000 that is 9104 and 8719.
    let buckets = ["abc", "a"].map(|text| bucketing("xxh3").bucket(text).to_string());
    assert_eq!(buckets, ["9104", "8719"]);
}
