//! Documents that a generator has spoilt: they compile, and every flag answers.
#![no_main]

use flagkit_core::{Changes, Explanation, Fixed, Timestamp, compile, recompile};
use flagkit_dialects::{Dialect, Settings, context_from_json, decode};
use flagkit_testkit::{Choices, generate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices::from_bytes(bytes);
    let text = generate::hostile_document(&mut choices).to_string();
    let context = context_from_json(&generate::context(&mut choices));
    let Ok(decoded) = decode(Dialect::Native, &text, &Settings::default()) else { return };
    let flags = decoded.document.flags.clone();
    let compiled = compile(decoded.document);
    let again = recompile(&compiled.snapshot, Changes { flags, ..Changes::default() });
    let world = Fixed::at(Timestamp::EPOCH);
    for flag in compiled.snapshot.flags() {
        let mut explanation = Explanation::default();
        let found = compiled.snapshot.resolve(flag.key(), &context, &world, &mut explanation);
        assert_eq!(found, again.snapshot.resolve(flag.key(), &context, &world, &mut ()));
        assert!(!explanation.to_string().is_empty());
    }
});
