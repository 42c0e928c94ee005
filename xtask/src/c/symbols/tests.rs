use super::*;

#[test]
fn names_are_found_in_lists_and_in_headers() {
    let listed = "0000000000000000 A FLAGKIT_1\n0000000000001000 T flagkit_version@@FLAGKIT_1\n\
                  0000000000002000 T malloc\n";
    assert_eq!(exported(listed), ["flagkit_version", "malloc"].map(str::to_owned).into());
    let header = "typedef void (*flagkit_drop_fn)(void *user);\n\nstruct flagkit_str flagkit_version(void);\n\
                  \nstruct flagkit_view *flagkit_view_open(const struct flagkit_client *client);\n\
                  /** flagkit_not(this) */\nextern \"C\" {\n";
    let expected = ["flagkit_version", "flagkit_view_open"].map(str::to_owned).into();
    assert_eq!(functions(header), expected);
}
