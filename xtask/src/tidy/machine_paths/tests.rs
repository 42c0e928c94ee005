//! Absolute paths are found; URLs and relative paths are not.

use super::*;
use crate::tidy::tests::{files, places};

#[test]
fn absolute_paths_are_found() {
    for needle in NEEDLES {
        for text in
            [format!("{needle}me/x"), format!("cd \"{needle}x\""), format!("file://{needle}x")]
        {
            let found = check(&files(&[("docs/a.md", &text)]));
            assert_eq!(places(&found), ["docs/a.md:1"], "{text}");
        }
    }
}

#[test]
fn urls_and_relative_paths_are_not() {
    for needle in NEEDLES {
        for text in [
            format!("https://example.com{needle}x"),
            format!("..{needle}x"),
            format!("${{A}}{needle}x"),
        ] {
            assert!(check(&files(&[("docs/a.md", &text)])).is_empty(), "{text}");
        }
    }
}
