//! What the user of the command line is told.

use super::*;

/// The message for these arguments.
fn message(arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
    dispatch(&arguments).unwrap_err().to_string()
}

#[test]
fn a_misspelt_command_is_answered_with_the_nearest_one() {
    assert!(message(&["tset"]).starts_with("there is no command `tset`, did you mean `test`?"));
    assert!(message(&["shema"]).contains("did you mean `schema`?"));
}

#[test]
fn a_name_like_no_other_is_answered_with_the_list() {
    let message = message(&["deploy-everything"]);
    assert!(!message.contains("did you mean"));
    assert!(COMMANDS.iter().all(|command| message.contains(command.about)));
}

#[test]
fn an_unknown_option_is_refused() {
    assert!(message(&["setup", "--all"]).contains("`--all`"));
    assert!(message(&["bench", "--quik"]).contains("did you mean `--quick`?"));
    assert!(message(&["test", "--only", "loon"]).contains("did you mean `loom`?"));
}
