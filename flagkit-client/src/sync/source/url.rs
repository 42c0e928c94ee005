//! Putting addresses together.

use std::fmt::Write;

/// A path below a URL, with one slash between them.
pub(super) fn join(url: &str, path: &str) -> String {
    format!("{}/{}", url.trim_end_matches('/'), path.trim_start_matches('/'))
}

/// A key as part of a path or query: letters, digits, `-._~` and some others as they are, the rest
/// in percents.
pub(super) fn escaped(key: &str, as_they_are: &[char]) -> String {
    let mut text = String::with_capacity(key.len());
    for char in key.chars() {
        let is_plain = char.is_ascii_alphanumeric() || "-._~".contains(char);
        if is_plain || as_they_are.contains(&char) {
            text.push(char);
            continue;
        }
        for byte in char.encode_utf8(&mut [0; 4]).bytes() {
            // Writing to a String does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
