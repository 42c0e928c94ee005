//! Any bytes: a document or an error, never a panic; positions lie inside the text.
#![no_main]

use flagkit_core::compile;
use flagkit_dialects::{Dialect, Settings, decode_bytes, place};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for dialect in Dialect::ALL {
        let Ok(decoded) = decode_bytes(dialect, bytes, &Settings::default()) else { continue };
        let mut diagnostics = decoded.diagnostics;
        diagnostics.extend(compile(decoded.document).diagnostics);
        let text = std::str::from_utf8(bytes).expect("only UTF-8 decodes");
        let lines = text.split('\n').count();
        for position in place(text, &mut diagnostics).into_iter().flatten() {
            assert!(position.line >= 1 && position.line <= lines, "{position:?} of {lines}");
        }
    }
});
