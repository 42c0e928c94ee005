use super::*;

#[test]
fn a_finding_is_a_line_and_a_mark_below_its_place() {
    let position = Some(Position { line: 2, column: 5 });
    let finding = Finding { diagnostic: diagnostic(), position };
    let expected = concat!(
        "f.yaml:2:5: error: flags.a.salt: must be text; the flag fails; write text\n",
        "  2 │     salt: 7\n",
        "    │     ^\n",
    );
    assert_eq!(shown("a:\n    salt: 7\n", &finding), expected);
}

#[test]
fn a_finding_without_place_has_no_excerpt() {
    let finding = Finding { diagnostic: diagnostic(), position: None };
    let expected = "f.yaml: error: flags.a.salt: must be text; the flag fails; write text\n";
    assert_eq!(shown("a: 1\n", &finding), expected);
}

#[test]
fn long_lines_are_cut_around_the_place() {
    let position = Some(Position { line: 1, column: 1001 });
    let finding = Finding { diagnostic: diagnostic(), position };
    let text = format!("{}!{}", "a".repeat(1000), "b".repeat(1000));
    let shown = shown(&text, &finding);
    let lines: Vec<&str> = shown.lines().skip(1).collect();
    assert_eq!(lines[0].chars().position(|c| c == '!'), lines[1].chars().position(|c| c == '^'));
    assert!(lines[0].chars().count() < 110);
}

#[test]
fn a_place_beyond_the_text_is_no_trouble() {
    for (line, column) in [(0, 0), (9, 9), (1, usize::MAX)] {
        let position = Some(Position { line, column });
        shown("a: 1", &Finding { diagnostic: diagnostic(), position });
    }
}

fn diagnostic() -> Diagnostic {
    let diagnostic = Diagnostic::error("flags.a.salt", "must be text");
    diagnostic.with_consequence("the flag fails").with_mend("write text")
}

fn shown(text: &str, finding: &Finding) -> String {
    let mut out = Vec::new();
    line(&mut out, "f.yaml", finding).unwrap();
    excerpt(&mut out, &text.lines().collect::<Vec<_>>(), finding.position).unwrap();
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}
