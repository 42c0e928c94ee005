use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn set(texts: &[impl AsRef<str>], case: Case) -> KeySet {
    KeySet::new(texts.iter().map(AsRef::as_ref), case).unwrap()
}

fn mapped(text: &str, case: Case) -> String {
    match case {
        Case::Sensitive => text.to_owned(),
        Case::Insensitive => fold(text),
        Case::Lowered => text.to_lowercase(),
    }
}

/// Ids, texts that are nearly UUIDs, empty ones, and long ones.
fn text() -> impl Strategy<Value = String> {
    let uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    prop_oneof![
        3 => uuid,
        1 => "[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-fG]{4}-[0-9a-f]{12}",
        1 => "[0-9a-f-]{36}",
        1 => "[0-9a-f]{8}[-_][0-9a-f]{4}[-.][0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        1 => "[0-9a-f]{32}",
        3 => "user-[0-9]{1,2}",
        1 => "[a-cA-CσΣςßſİıIi]{0,4}",
        1 => "[aAΣ]{120,140}",
        1 => "[a-b]{250,260}",
        1 => Just("é".repeat(40)),
    ]
}

proptest! {
    #[test]
    fn a_set_answers_as_one_of_the_standard_library(
        members in prop::collection::vec(text(), 0..40),
        others in prop::collection::vec(text(), 0..40),
        case in prop_oneof![Just(Case::Sensitive), Just(Case::Insensitive), Just(Case::Lowered)],
    ) {
        let packed = set(&members, case);
        let plain: HashSet<String> = members.iter().map(|text| mapped(text, case)).collect();
        prop_assert_eq!(packed.len(), plain.len());
        for text in members.iter().chain(&others) {
            let expected = plain.contains(&mapped(text, case));
            prop_assert_eq!(packed.contains(text), expected, "{}", text);
            let upper = text.to_uppercase();
            let expected = plain.contains(&mapped(&upper, case));
            prop_assert_eq!(packed.contains(&upper), expected, "{}", upper);
        }
        let mut seen = HashSet::new();
        prop_assert!(packed.all(|text| seen.insert(text.to_owned())));
        prop_assert_eq!(seen, plain);
    }
}

#[test]
fn every_byte_of_a_uuid_comes_back() {
    let uuid = |text: &str| set(&[text], Case::Sensitive).contains(text);
    for byte in 0..=255_u8 {
        assert!(uuid(&format!("{byte:02x}234567-89ab-cdef-0123-456789abcd{byte:02x}")));
    }
}

#[test]
fn lower_case_has_no_lower_case_of_its_own() {
    for character in '\0'..=char::MAX {
        let lowered: String = character.to_lowercase().collect();
        let again: String = lowered.chars().flat_map(char::to_lowercase).collect();
        assert_eq!(lowered, again, "{character}");
        let folded = fold_character(character);
        assert_eq!(fold_character(folded), folded, "{character}");
    }
}

#[test]
fn a_million_ids_take_less_than_forty_bytes_each() {
    let bytes = |name: &dyn Fn(u32) -> String| {
        let ids: Vec<String> = (0..1_000_000).map(name).collect();
        let set = set(&ids, Case::Sensitive);
        assert!(set.contains(&name(999_999)) && !set.contains(&name(1_000_000)));
        set.texts.len() + set.entries.allocation_size()
    };
    let short = bytes(&|number| format!("user-{number:07}"));
    let uuid = bytes(&|number| format!("{number:08x}-89ab-4def-8123-456789abcdef"));
    assert!(short < 24_000_000, "{short}");
    assert!(uuid < 28_000_000, "{uuid}");
}
