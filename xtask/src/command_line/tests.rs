//! What is shown can be pasted into a shell.

use super::*;

#[test]
fn a_command_is_shown_as_one_types_it() {
    let loom =
        CommandLine::cargo("test -p flagkit-core --test loom").with("RUSTFLAGS", "--cfg loom");
    assert_eq!(loom.to_string(), "RUSTFLAGS='--cfg loom' cargo test -p flagkit-core --test loom");
}

#[test]
fn a_failure_names_the_command() {
    let failure = CommandLine::cargo("no-such-subcommand --x").run().unwrap_err().to_string();
    assert!(failure.ends_with("reproduce: cargo no-such-subcommand --x"), "{failure}");
    let failure = CommandLine::new("no-such-program", "").run().unwrap_err().to_string();
    assert!(failure.starts_with("cannot start `no-such-program`"), "{failure}");
}

#[test]
fn the_output_is_what_the_program_wrote() {
    assert!(CommandLine::cargo("--version").output().unwrap().starts_with("cargo "));
}
