//! Wrong arguments, and the commands about the program itself.

use std::io::Read;

use crate::run::{command, example, flagkit};

#[test]
fn wrong_arguments_end_with_two() {
    for arguments in [
        &["evil"][..],
        &[],
        &["eval"],
        &["eval", "--flags"],
        &["eval", "--flags", "f", "--now", "yesterday"],
        &["eval", "--flags", "f", "--dialect", "cobol"],
        &["eval", "--flags", "-", "--requests", "-"],
        &["eval", "--cases", "c", "--flags", "f"],
        &["explain", "--flags", "f"],
        &["validate"],
        &["validate", "--output", "xml", "f"],
        &["convert", "--to", "cobol", "f"],
        &["bucket", "--flags", "f", "--flag", "a", "--percentage", "101"],
        &["completions", "cmd.exe"],
        &["man", "evil"],
        &["man", "rollout", "evil"],
        &["demo", "--users", "0"],
        &["serve", "--no-such-option"],
        &["on"],
        &["rollout", "beta"],
        &["set", "beta"],
        &["keys", "create"],
        &["promote", "beta"],
        &["revert", "beta", "--to", "1", "--change", "2"],
        &["import", "flags.yaml", "--keep", "--merge"],
        &["list", "--timeout", "soon"],
    ] {
        let ran = flagkit(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
        assert!(!ran.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_mistyped_command_is_suggested() {
    assert!(flagkit(&["validat"]).err.contains("'validate'"));
}

#[test]
fn missing_files_end_with_one() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    for arguments in [
        &["eval", "--flags", "nowhere"][..],
        &["eval", "--flags", folder],
        &["eval", "--flags", &example(), "--requests", "nowhere"],
        &["eval", "--cases", "nowhere"],
        &["explain", "--flags", "nowhere", "--flag", "a"],
        &["validate", "nowhere"],
        &["convert", "nowhere"],
        &["bucket", "--flags", &example(), "--flag", "new-search", "--ids", "nowhere"],
    ] {
        let ran = flagkit(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.err);
        assert!((ran.out + &ran.err).contains("cannot be read"), "{arguments:?}");
    }
}

#[test]
fn the_schema_is_json_with_a_final_newline() {
    let ran = flagkit(&["schema"]);
    assert!(ran.out.ends_with("}\n"));
    assert!(serde_json::from_str::<serde_json::Value>(&ran.out).is_ok());
}

#[test]
fn shells_and_man_know_every_command() {
    for text in [
        flagkit(&["completions", "bash"]).out,
        flagkit(&["completions", "zsh"]).out,
        flagkit(&["completions", "fish"]).out,
        flagkit(&["man"]).out,
    ] {
        for name in COMMANDS.split_whitespace() {
            assert!(text.contains(name), "{name}");
        }
    }
    assert!(flagkit(&["man", "eval"]).out.contains("environment"));
    assert!(flagkit(&["man", "rollout", "plan"]).out.contains("set"));
    let folder = format!("{}/man", env!("CARGO_TARGET_TMPDIR"));
    assert_eq!(flagkit(&["man", "--into", &folder]).code, Some(0));
    for page in ["flagkit.1", "flagkit-eval.1", "flagkit-rollout-plan.1"] {
        assert!(std::fs::metadata(format!("{folder}/{page}")).is_ok(), "{page}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_trouble() {
    for arguments in [&["completions", "bash"][..], &["demo", "--users", "1000"], &["schema"]] {
        let mut child = command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

const COMMANDS: &str = "demo eval explain validate convert bucket serve list get set on off rollout
    delete history revert promote keys environments tail export import schema";
