use super::{InvalidVersion, Version};

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

#[test]
fn a_version_reads_what_it_writes() {
    for text in ["a:0", "k3v9:12", "E1:18446744073709551615"] {
        assert_eq!(version(text).to_string(), text);
        let json = serde_json::to_string(&version(text)).unwrap();
        assert_eq!(serde_json::from_str::<Version>(&json).unwrap(), version(text));
    }
}

#[test]
fn what_is_no_version_is_refused() {
    let long = format!("{}:1", "e".repeat(33));
    for text in
        ["", ":", "a:", ":1", "a:-1", "a:+1", "a b:1", "a:1:2", "a:18446744073709551616", &long]
    {
        assert_eq!(text.parse::<Version>(), Err(InvalidVersion), "{text}");
    }
}

#[test]
fn versions_of_two_histories_have_no_order() {
    assert!(version("a:1").is_before(&version("a:2")));
    assert!(!version("a:1").is_before(&version("b:2")));
    assert!(version("a:2").follows(&version("a:1")));
    assert!(!version("b:2").follows(&version("a:1")));
    assert!(!version("a:0").follows(&version("a:18446744073709551615")));
}
