use flagkit_core::document::{Condition, Serve};
use flagkit_core::{ErrorCode, compile};

use crate::{Dialect, Settings, decode};

const TEXT: &str = r#"
schema: flagkit/1
references: { unknown_flag: never_holds, unknown_segment: flag, circle: reached }
segments:
  staff: { exact: { test: { lookup: { name: plan }, operator: { one_of: [staff] } } } }
flags:
  beta:
    description: from elsewhere
    exact:
      variants: [{ key: "on", value: true, enabled: true }]
      rules: [{ when: { in_segment: staff }, serve: { variant: 0 }, reason: TargetingMatch }]
"#;

#[test]
fn a_flag_is_read_as_it_is_written() {
    let text = TEXT.replace("TargetingMatch", "targeting_match");
    let decoded = decode(Dialect::Native, &text, &Settings::default()).unwrap();
    assert!(decoded.diagnostics.is_empty(), "{:?}", decoded.diagnostics);
    let flag = &decoded.document.flags[0];
    assert_eq!(flag.rules[0].when, Condition::InSegment("staff".into()));
    assert_eq!(flag.rules[0].serve, Serve::Variant(0));
    assert!(compile(decoded.document).diagnostics.is_empty());
}

#[test]
fn mistakes_break_the_flag_and_say_where() {
    for (wrong, problem) in [
        ("reason: TargetingMatch", "flags.beta.exact: unknown variant `TargetingMatch`"),
        ("resaon: static", "flags.beta.exact: unknown field `resaon`"),
    ] {
        let text = TEXT.replace("reason: TargetingMatch", wrong);
        let decoded = decode(Dialect::Native, &text, &Settings::default()).unwrap();
        let diagnostic = decoded.diagnostics[0].to_string();
        assert!(diagnostic.starts_with(problem), "{diagnostic}");
        let compiled = compile(decoded.document);
        assert_eq!(compiled.snapshot.flag("beta").unwrap().fault(), Some(ErrorCode::ParseError));
    }
}

#[test]
fn nothing_stands_beside_the_exact_form() {
    for (key, value) in [("enabled", "false"), ("metadata", "{ owner: me }")] {
        let text = TEXT.replace("description: from elsewhere", &format!("{key}: {value}"));
        let decoded = decode(Dialect::Native, &text, &Settings::default()).unwrap();
        let diagnostic = decoded.diagnostics[0].to_string();
        let begin = format!("flags.beta.{key}: `{key}` contradicts");
        assert!(diagnostic.starts_with(&begin), "{diagnostic}");
    }
}
