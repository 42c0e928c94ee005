//! When a tool counts as there, and how it is installed.

use super::*;

#[test]
fn only_versions_with_the_prefix_are_good() {
    for (said, prefix, expected) in [
        ("cargo-fuzz 0.13.2\n", "0.13.", Some("0.13.2")),
        ("cargo-fuzz 0.12.0\n", "0.13.", None),
        ("cargo-fuzz 0.130.0\n", "0.13.", None),
        ("", "0.13.", None),
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "1", Some("15.18")),
        ("wrk debian/4.1.0-3 [epoll] Copyright (C) 2012", "debian/4.", Some("debian/4.1.0-3")),
    ] {
        assert_eq!(good_version(said, prefix).as_deref(), expected, "{said}");
    }
}

#[test]
fn every_need_would_install_a_version_it_accepts() {
    for need in NEEDS {
        assert!(need.version.install.starts_with(need.version.prefix), "{}", need.package);
    }
}

#[test]
fn crates_are_installed_into_the_repository_and_nothing_else_is() {
    for need in NEEDS {
        let is_inside = need.install().to_string().ends_with("--root target/tools");
        assert_eq!(is_inside, need.origin == Origin::Crate, "{}", need.package);
    }
}
