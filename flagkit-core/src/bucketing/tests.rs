use super::*;

/// `prefix ⊕ subject ⊕ suffix`, hashed and scaled.
fn bucket(hash: Hash, around: [&str; 2], subject: ValueRef<'_>, units: Units, scale: Scale) -> f64 {
    let input = vec![Part::Text(around[0].into()), Part::Subject, Part::Text(around[1].into())];
    let reads = TextReading::Json;
    Bucketing { hash, input, reads, units, scale }.prepare().bucket(subject).unwrap()
}

fn whole() -> Scale {
    Scale { reduce: Reduction::None, ..Scale::modulo(1) }
}

#[test]
fn native_buckets_can_be_reproduced_with_any_md5_tool() {
    // printf 'new-checkout:user_123' | md5sum = 20f89e0f94eb125813f5d843c7d92948, mod 10,000 = 8
    // printf 'new-checkout:variant:user_123' | md5sum, mod 10,000 (python3: int(h, 16) % 10000)
    let md5 = Hash::Md5 { bits: 128 };
    let scale = Scale::modulo(10_000);
    assert_eq!(bucket(md5, ["new-checkout:", ""], "user_123".into(), Units::Utf8, scale), 8.0);
    assert_eq!(bucket(md5, ["", ""], "new-checkout:user_123".into(), Units::Utf8, scale), 8.0);
}

#[test]
fn numbers_and_booleans_are_hashed_as_their_text() {
    let of = |subject| bucket(Hash::Fnv1a, ["a", "b"], subject, Units::Utf8, whole());
    assert_eq!(of(42.into()), of("42".into()));
    assert_eq!(of(42.0.into()), of("42.0".into()));
    assert_eq!(of(true.into()), of("true".into()));
    assert_eq!(of((&["x"]).into()), of("[\"x\"]".into()));
}

#[test]
fn published_check_values_hold() {
    let of = |hash, text: &str| bucket(hash, ["", ""], text.into(), Units::Utf8, whole());
    // CRC catalogue: CRC-32/ISO-HDLC check("123456789") = cbf43926.
    assert_eq!(of(Hash::Crc32, "123456789"), f64::from(0xcbf4_3926_u32));
    // FNV reference vectors: fnv1a_32("foobar") = bf9cf968.
    assert_eq!(of(Hash::Fnv1a, "foobar"), f64::from(0xbf9c_f968_u32));
    // SMHasher: murmur3_x86_32("", 1) = 514e28b7; Wikipedia: "Hello, world!" seed 1234 = faf6cdb3.
    assert_eq!(of(Hash::Murmur3 { seed: 1 }, ""), f64::from(0x514e_28b7_u32));
    assert_eq!(of(Hash::Murmur3 { seed: 1234 }, "Hello, world!"), f64::from(0xfaf6_cdb3_u32));
    // RFC 1321: md5("abc") = 900150983cd24fb0…; the first four bytes.
    assert_eq!(of(Hash::Md5 { bits: 32 }, "abc"), f64::from(0x9001_5098_u32));
    // Java: "hello".hashCode() = 99162322.
    assert_eq!(of(Hash::JavaText { seed: 0 }, "hello"), 99_162_322.0);
}

#[cfg(feature = "sha")]
#[test]
fn digests_of_the_sha_family_are_cut_at_hexadecimal_digits() {
    let of = |hash| bucket(hash, ["", ""], "abc".into(), Units::Utf8, whole());
    // FIPS 180-4: sha1("abc") = a9993e364706816…, sha256("abc") = ba7816bf8f01cfea….
    assert_eq!(of(Hash::Sha1 { bits: 28 }), f64::from(0x0a99_93e3_u32));
    assert_eq!(of(Hash::Sha256 { bits: 32 }), f64::from(0xba78_16bf_u32));
}

#[test]
fn long_inputs_hash_like_short_ones() {
    let md5 = Hash::Md5 { bits: 128 };
    for len in [10, 119, 120, 121, 4096, 4097, 100_000] {
        let id = "x".repeat(len);
        let joined =
            bucket(md5, ["", ""], format!("salt{id}").as_str().into(), Units::Utf8, whole());
        assert_eq!(bucket(md5, ["salt", ""], id.as_str().into(), Units::Utf8, whole()), joined);
    }
}

#[test]
fn a_message_of_one_block_is_hashed_as_by_the_library() {
    let text = "0123456789abcdefghijklmnopqrstuvwxyzäöü€0123456789";
    for hash in [
        Hash::Md5 { bits: 128 },
        #[cfg(feature = "sha")]
        Hash::Sha1 { bits: 128 },
        #[cfg(feature = "sha")]
        Hash::Sha256 { bits: 100 },
    ] {
        for (len, _) in text.char_indices() {
            let parts = ["ab", &text[..len], "c"].map(str::as_bytes);
            let expected = (len <= 52).then(|| hash.of_bytes(&parts.concat()));
            assert_eq!(hash.of_block(parts), expected, "{len} bytes by {hash}");
        }
    }
}

#[test]
fn utf16_units_count_surrogates() {
    let of = |units| bucket(Hash::Fnv1a, ["", ""], "😀".into(), units, whole());
    let by_hand = [0xd83d_u32, 0xde00]
        .iter()
        .fold(0x811c_9dc5_u32, |hash, unit| (hash ^ unit).wrapping_mul(0x0100_0193));
    assert_eq!(of(Units::Utf16), f64::from(by_hand));
    assert_ne!(of(Units::Utf16), of(Units::Utf8));
}

#[test]
fn scales_do_their_steps_in_order() {
    let signed = Scale { absolute_32: true, ..Scale::modulo(100).plus(1) };
    assert_eq!(signed.bucket(0xffff_ffff), 2.0);
    // 2¹²⁸ − 1 = 340282366920938463463374607431768211455.
    assert_eq!(Scale::modulo(10_000).bucket(u128::MAX), 1_455.0);
    assert_eq!(Scale::modulo(9_999).bucket(u128::MAX), 8_967.0);
    // 2¹²⁸ − 2 = (2⁶⁴ − 1)(2⁶⁴ + 1) − 1.
    assert_eq!(Scale::modulo(u64::MAX).bucket(u128::MAX - 1), 18_446_744_073_709_551_614.0);
    let product = Scale { reduce: Reduction::HighOfProduct(2), ..whole() };
    assert_eq!((product.bucket(0x7fff_ffff), product.bucket(0x8000_0000)), (0.0, 1.0));
    let single = Scale { divide: Some(Division::Single(3.0)), ..whole() };
    assert_eq!(single.bucket(1), f64::from(1.0_f32 / 3.0));
}

#[test]
fn a_scheme_can_ask_for_the_input_again() {
    let scale = Scale { repeat_at: Some(99_162_322.0), ..whole() };
    let again = bucket(Hash::JavaText { seed: 0 }, ["", ""], "hello".into(), Units::Utf16, scale);
    let twice =
        bucket(Hash::JavaText { seed: 0 }, ["", ""], "hellohello".into(), Units::Utf16, whole());
    assert_eq!(again, twice);
}

#[test]
fn a_separator_stands_between_repetitions() {
    // md5("b,a") mod 7 is 5 and md5("b,a,b,a") mod 7 is 3.
    let bucketing = |input: Vec<Part>, repeat_at| Bucketing {
        hash: Hash::Md5 { bits: 128 },
        input,
        reads: TextReading::Json,
        units: Units::Utf8,
        scale: Scale { repeat_at, ..Scale::modulo(7) },
    };
    let bucket = |input, repeat_at, subject: &str| {
        bucketing(input, repeat_at).prepare().bucket(subject.into())
    };
    let joined = vec![Part::Text("b,".into()), Part::Subject, Part::Separator(",".into())];
    assert_eq!(bucket(joined.clone(), None, "a"), Some(5.0));
    assert_eq!(bucket(joined, Some(5.0), "a"), Some(3.0));
}

#[test]
fn cbor_is_deterministic() {
    // RFC 8949, appendix A.
    for (value, bytes) in [
        (ValueRef::from(0), vec![0x00]),
        (23.into(), vec![0x17]),
        (24.into(), vec![0x18, 0x18]),
        (1000.into(), vec![0x19, 0x03, 0xe8]),
        (1_000_000.into(), vec![0x1a, 0x00, 0x0f, 0x42, 0x40]),
        ((-1).into(), vec![0x20]),
        ((-1000).into(), vec![0x39, 0x03, 0xe7]),
        (1.0.into(), vec![0x01]),
        ((-0.0).into(), vec![0x00]),
        (1.1.into(), vec![0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]),
        (1.5.into(), vec![0xf9, 0x3e, 0x00]),
        (100_000.5.into(), vec![0xfa, 0x47, 0xc3, 0x50, 0x40]),
        (5.960_464_477_539_063e-8.into(), vec![0xf9, 0x00, 0x01]),
        (0.000_061_035_156_25.into(), vec![0xf9, 0x04, 0x00]),
        (f64::INFINITY.into(), vec![0xf9, 0x7c, 0x00]),
        (f64::NEG_INFINITY.into(), vec![0xf9, 0xfc, 0x00]),
        (f64::NAN.into(), vec![0xf9, 0x7e, 0x00]),
        ("IETF".into(), vec![0x64, 0x49, 0x45, 0x54, 0x46]),
        (true.into(), vec![0xf5]),
        (ValueRef::Null, vec![0xf6]),
        ((&["a"]).into(), vec![0x81, 0x61, 0x61]),
    ] {
        assert_eq!(cbor::with_encoded(value, <[u8]>::to_vec), bytes, "{value}");
    }
}
