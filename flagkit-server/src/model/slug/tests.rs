use super::Slug;

#[test]
fn keys_fit_into_a_path_as_they_are() {
    let longest = "a".repeat(64);
    for good in ["a", "9", "eu-production", "Team_2.staging", &longest] {
        assert_eq!(good.parse::<Slug>().unwrap().as_str(), good);
    }
    let too_long = "a".repeat(65);
    for bad in ["", "-a", ".", "..", "a b", "a/b", "ä", &too_long] {
        assert!(bad.parse::<Slug>().is_err(), "{bad}");
    }
}

#[test]
fn a_message_shows_at_most_64_characters() {
    let error = "ü".repeat(1000).parse::<Slug>().unwrap_err();
    assert_eq!(error.text.chars().count(), 64);
}
