//! Good documents, any context: the engine answers as the reference evaluator does.
#![no_main]

use flagkit_core::{Fixed, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, context_from_json, decode, value_to_json};
use flagkit_testkit::{Choices, evaluate, generate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices::from_bytes(bytes);
    let document = generate::document(&mut choices);
    for request in generate::requests(&mut choices, &document, 4) {
        let settings = Settings { environment: request.environment.clone(), ..Settings::default() };
        let decoded = decode(Dialect::Native, &document.to_string(), &settings);
        let snapshot = compile(decoded.expect("the document is good").document).snapshot;
        let now = Timestamp::from_unix_seconds(request.now).expect("a time of this century");
        let context = context_from_json(&request.context);
        let found = snapshot.resolve(&request.flag, &context, &Fixed::at(now), &mut ());
        let expected = evaluate(
            &document,
            &request.flag,
            &request.context,
            &request.default,
            &request.world(),
        );
        assert_eq!(found.err().map(|code| code.name()), expected.error, "{request:?}\n{document}");
        if let Ok(found) = found {
            let value = found.value().map_or(request.default.clone(), value_to_json);
            let answer =
                (found.is_enabled(), value, found.variant(), found.reason().name(), found.rule());
            let reference = (
                expected.enabled,
                expected.value,
                expected.variant.as_deref(),
                expected.reason,
                expected.rule.as_deref(),
            );
            assert_eq!(answer, reference, "{request:?}\n{document}");
        }
    }
});
