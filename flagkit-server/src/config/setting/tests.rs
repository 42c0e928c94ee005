use super::{Draft, SETTINGS};

#[test]
fn every_default_can_be_read() {
    for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
        let mut draft = Draft::of_defaults().unwrap();
        setting.read(&mut draft, setting.default).unwrap();
    }
}

#[test]
fn names_are_written_alike_and_are_there_once() {
    let mut names: Vec<_> = SETTINGS.iter().map(|setting| setting.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SETTINGS.len());
    for setting in SETTINGS {
        assert!(setting.name.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()));
        assert!(!setting.help.ends_with('.'), "{}", setting.name);
    }
}
