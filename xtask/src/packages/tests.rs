//! Which Node.js is new enough.

use super::*;

#[test]
fn versions_of_node_are_compared_as_numbers() {
    for (said, expected) in [
        ("v20.20.2\n", true),
        ("v22.1.0", true),
        ("v100.0.0", true),
        ("v18.19.0\n", false),
        ("v9.0.0", false),
        ("", false),
    ] {
        assert_eq!(is_new_enough(said), expected, "{said}");
    }
}
