use clap::CommandFactory;

use super::*;

#[test]
fn the_definition_of_the_command_line_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn percentages_are_read_with_and_without_their_sign() {
    assert_eq!(percentage("12.5"), Ok(12.5));
    assert_eq!(percentage("100 %"), Ok(100.0));
    for wrong in ["", "-1", "101", "NaN", "ten"] {
        assert!(percentage(wrong).is_err(), "{wrong}");
    }
}
