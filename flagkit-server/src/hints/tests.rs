use super::did_you_mean;

#[test]
fn a_typo_finds_its_word_and_a_stranger_does_not() {
    let known = ["beta", "new-checkout", "old-checkout", "ab"];
    let cases = [
        ("betta", Some("beta")),
        ("new-chekcout", Some("new-checkout")),
        ("gamma", None),
        ("xy", None),
        ("", None),
    ];
    for (word, wanted) in cases {
        let wanted = wanted.map(|wanted| format!("did you mean `{wanted}`?"));
        assert_eq!(did_you_mean(word, known), wanted, "{word}");
    }
}
