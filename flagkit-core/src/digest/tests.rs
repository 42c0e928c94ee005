use super::*;

#[test]
fn digests_are_those_of_rfc_1321() {
    for (text, expected) in [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ] {
        let digest = Digest::of(text);
        assert_eq!(digest.to_string(), expected);
        assert_eq!(digest.with_digits(str::to_owned), expected);
        assert_eq!(Digest::parse(expected), Some(digest));
    }
}

#[test]
fn only_lower_case_digits_in_full_length_are_a_digest() {
    for none in [
        "",
        "900150983cd24fb0d6963f7d28e17f7",
        "900150983CD24FB0D6963F7D28E17F72",
        "+00150983cd24fb0d6963f7d28e17f72",
        "é0150983cd24fb0d6963f7d28e17f72",
    ] {
        assert_eq!(Digest::parse(none), None, "{none}");
    }
}
