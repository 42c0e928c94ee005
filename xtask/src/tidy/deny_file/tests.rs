//! The forms in which the lists of deny.toml are written.

use super::*;

const TEXT: &str = r#"
[bans]
# skip = ["commented"]
skip = [
    { crate = "syn@2", reason = "old, older" }, # why
    "hashbrown@0.15",
]
empty = []
deny = [{ crate = "tokio", wrappers = ["x"] }]

[licenses]
allow = ["MIT", "Apache-2.0 WITH LLVM-exception"]
"#;

#[test]
fn a_list_is_found_by_section_and_key() {
    for (section, key, expected) in [
        ("bans", "skip", vec!["syn@2", "hashbrown@0.15"]),
        ("bans", "empty", vec![]),
        ("bans", "deny", vec!["tokio"]),
        ("bans", "allow", vec![]),
        ("licenses", "allow", vec!["MIT", "Apache-2.0 WITH LLVM-exception"]),
        ("sources", "allow", vec![]),
    ] {
        assert_eq!(strings(TEXT, section, key), expected, "{section} {key}");
    }
}
