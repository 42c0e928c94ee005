use super::*;

#[test]
fn items_without_description_are_found() {
    let described = "/**\n * A.\n */\ntypedef struct a {\n    /**\n     * B.\n     */\n    int b;\n} a;\n\
                     \n/**\n * C.\n */\nint c(struct a *a,\n      int b);\n\n/**\n * D.\n */\n#define FLAGKIT_D 1\n";
    assert_eq!(undescribed(described), Vec::<String>::new());
    let cases = [
        ("    /**\n     * B.\n     */\n    int b;\n", "    int b;\n", "    int b;"),
        ("/**\n * C.\n */\nint c(", "\nint c(", "int c(struct a *a,"),
        ("/**\n * D.\n */\n#define", "#define", "#define FLAGKIT_D 1"),
    ];
    for (with, without, expected) in cases {
        assert_eq!(undescribed(&described.replace(with, without)), [expected]);
    }
}

#[test]
fn every_item_of_the_committed_header_is_described() {
    let header = fs::read_to_string(format!("../{HEADER}")).unwrap();
    assert!(header.len() > 10_000);
    assert_eq!(undescribed(&header), Vec::<String>::new());
}
