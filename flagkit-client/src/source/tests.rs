use super::*;

#[test]
fn a_key_file_is_read_when_the_key_is_needed() {
    let path = std::env::temp_dir().join(format!("flagkit-key-{}", std::process::id()));
    let source = server("https://a", Some(KeySource::File(path.clone()))).unwrap();
    assert!(source.to_machine().unwrap_err().is_io());
    let owner = |text: &str| {
        std::fs::write(&path, text).unwrap();
        source.owner(None)
    };
    let first = owner("first\n").unwrap();
    assert_eq!(first, flagkit("https://a", "first").owner(None).unwrap());
    assert_ne!(first, owner("second").unwrap());
    assert!(owner("two words").unwrap_err().is_configuration());
    assert!(owner("").unwrap_err().is_configuration());
    std::fs::remove_file(path).unwrap();
}

#[test]
fn every_source_has_its_own_cache_file() {
    let sources = [
        flagkit("https://a", "k"),
        flagkit("https://b", "k"),
        flagkit("https://a", "l"),
        unleash("https://a", "k"),
        launchdarkly("k"),
        launchdarkly_relay("http://relay", "k"),
        flagsmith("https://a", "k"),
        configcat("k"),
        growthbook("https://a", "k"),
        eppo("k"),
        http("https://a/x"),
        http("https://a/y"),
        http("https://a/x").header("key", "k"),
        flagkit("unix:/run/a.sock", "k"),
    ];
    let mut names: Vec<String> =
        sources.iter().map(|source| source.owner(None).unwrap().file_name()).collect();
    names.push(sources[0].owner(Some("staging")).unwrap().file_name());
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn mistakes_in_code_are_told_like_those_in_the_environment() {
    for source in [unleash("unleash:4242", "k"), unleash("https://a", ""), http("a/b")] {
        assert!(source.check().unwrap_err().is_configuration(), "{source:?}");
    }
    assert!(http("https://a/b?key=1#c").check().is_ok());
}
