use super::*;

#[test]
fn columns_are_as_wide_as_what_is_in_them_and_lines_end_without_blanks() {
    let rows = [
        [Cell::plain("beta"), Cell::plain("on"), Cell::plain("long text\nin one line")],
        [Cell::plain("new-checkout"), Cell::plain("partly"), Cell::plain("")],
        [Cell::plain("é\u{1b}[2J"), Cell::plain(""), Cell::plain("x")],
    ];
    let mut out = Vec::new();
    print(&mut out, ["FLAG", "STATE", "ABOUT"], &rows).unwrap();
    let text = anstream::adapter::strip_bytes(&out).into_vec();
    let expected = "FLAG          STATE   ABOUT\n\
                    beta          on      long text in one line\n\
                    new-checkout  partly\n\
                    é\\u{1b}[2J            x\n";
    assert_eq!(String::from_utf8(text).unwrap(), expected);
}
