use proptest::prelude::*;

use super::*;

fn check(text: &str) {
    let ours = SemanticVersion::parse(text);
    let theirs = semver::Version::parse(text).ok();
    assert_eq!(ours.is_some(), theirs.is_some(), "{text:?}");
}

#[test]
fn the_same_texts_are_versions_as_in_the_semver_crate() {
    for text in [
        "1.2.3",
        "0.0.0",
        "1.2",
        "1",
        "",
        "v1.2.3",
        " 1.2.3",
        "1.2.3 ",
        "01.2.3",
        "1.02.3",
        "1.2.3-",
        "1.2.3-a..b",
        "1.2.3-01",
        "1.2.3-0a",
        "1.2.3+",
        "1.2.3+01",
        "1.2.3-a+b.c",
        "1.2.3.4",
        "1.2.3-a_b",
        "18446744073709551615.0.0",
        "18446744073709551616.0.0",
        "1.2.3+a+b",
        "1.2.3-é",
        "1.-2.3",
    ] {
        check(text);
    }
}

#[test]
fn precedence_follows_the_chain_of_the_specification() {
    // SemVer 2.0, section 11.
    let chain = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
    ];
    for pair in chain.windows(2) {
        assert!(SemanticVersion::parse(pair[0]) < SemanticVersion::parse(pair[1]), "{pair:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_as_the_semver_crate_reads_it(text in r"[0-9]{0,2}\.[0-9]{0,2}\.[0-9]{1,2}(-[0-9a-z.-]{0,6})?(\+[0-9a-z.]{0,3})?") {
        check(&text);
    }

    #[test]
    fn versions_compare_as_in_the_semver_crate(
        a in r"[0-2]\.[0-2]\.[0-2](-(0|[1-9][0-9]?|[a-c]|[1-9]a)(\.(0|[1-9]|b))?)?",
        b in r"[0-2]\.[0-2]\.[0-2](-(0|[1-9][0-9]?|[a-c]|[1-9]a)(\.(0|[1-9]|b))?)?",
    ) {
        let ours = SemanticVersion::parse(&a).unwrap().cmp(&SemanticVersion::parse(&b).unwrap());
        let theirs = semver::Version::parse(&a).unwrap().cmp_precedence(&semver::Version::parse(&b).unwrap());
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn versions_with_build_metadata_compare_as_in_the_semver_crate(
        a in r"1\.0\.0(-a)?(\+(0{0,2}[0-9]{1,2}|[a-c])(\.(0|[1-9]|b|00))?)?",
        b in r"1\.0\.0(-a)?(\+(0{0,2}[0-9]{1,2}|[a-c])(\.(0|[1-9]|b|00))?)?",
    ) {
        let [ours, theirs] = [&a, &b].map(|text| SemanticVersion::parse_with_build(text).unwrap());
        let [left, right] = [&a, &b].map(|text| semver::Version::parse(text).unwrap());
        prop_assert_eq!(ours.cmp(&theirs), left.cmp(&right));
    }
}

#[test]
fn short_versions_end_in_zeros() {
    for (short, whole) in [
        ("2", "2.0.0"),
        ("2.1", "2.1.0"),
        ("2.1.3", "2.1.3"),
        ("2-rc.1", "2.0.0-rc.1"),
        ("2.1-rc+b", "2.1.0-rc"),
        ("2+b", "2.0.0"),
    ] {
        assert_eq!(SemanticVersion::parse_short(short), SemanticVersion::parse(whole), "{short}");
    }
    for bad in ["", "2.", ".2", "2..1", "02", "2.01", "2.1.3.4", "v2", "2-", "2+", "x", "-1"] {
        assert_eq!(SemanticVersion::parse_short(bad), None, "{bad}");
    }
}

#[test]
fn plain_versions_are_read_as_all_others() {
    let parts =
        ["", "0", "1", "00", "01", "10", "9999999999999999999", "18446744073709551616", "a", "1-a"];
    for place in 0..parts.len().pow(3) {
        let part = |power: u32| parts[place / parts.len().pow(power) % parts.len()];
        let text = format!("{}.{}.{}", part(2), part(1), part(0));
        let plain = plain_numbers(&text);
        let all = SemanticVersion::read_all(&text, Numbers::All);
        assert!(plain.is_none() || plain == all.map(|version| version.numbers), "{text}");
    }
    assert_eq!(plain_numbers("1.20.3"), Some([1, 20, 3]));
    for other in ["1.2", "1.2.3.4", "1.2.3-rc", "1.2.", ".1.2", "1..2", ""] {
        assert_eq!(plain_numbers(other), None, "{other}");
    }
}
