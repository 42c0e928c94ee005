//! One test: the flags of the process are shared by all threads of this binary.

use flagkit::{Context, ErrorCode};

flagkit::flags! {
    GLOBAL_FLAG: bool = false;
}

#[test]
fn the_process_has_one_set_of_flags() {
    let context = Context::new("u-42");
    let early = flagkit::boolean_details("global-flag", &context, true);
    assert_eq!((early.value, early.error), (true, Some(ErrorCode::ProviderNotReady)));
    assert!(!flagkit::is_enabled("global-flag", &context));

    let text = r#"{"schema": "flagkit/1", "flags": {"global-flag": {"enabled": true, "rollout_percentage": 100}}}"#;
    let flags = flagkit::init_from_str(text).unwrap();
    assert!(flagkit::is_enabled("global-flag", &context));
    assert!(GLOBAL_FLAG.get(&context));
    assert!(flagkit::init_from_str(text).unwrap_err().to_string().contains("initialised already"));
    assert_eq!(flagkit::verify(DECLARED_FLAGS), Ok(()));
    let missing = flagkit::string_details("missing", &context, "x");
    assert_eq!(missing.error, Some(ErrorCode::FlagNotFound));

    let view = flagkit::view();
    flagkit::client().replace(r#"{"schema": "flagkit/1", "flags": {}}"#).unwrap();
    assert!(view.is_enabled("global-flag", &context), "a view stays as it was");
    assert!(!flagkit::is_enabled("global-flag", &context));

    drop(flags);
    assert!(!flagkit::is_enabled("global-flag", &context), "the flags stay as they were last");
    let _again = flagkit::init_from_str(text).unwrap();
    assert!(flagkit::is_enabled("global-flag", &context));
    assert!(flagkit::explain("global-flag", &context).to_string().contains("on: true"));
}
