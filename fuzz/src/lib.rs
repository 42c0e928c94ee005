//! What the decoders' targets share.

use flagkit_core::{Context, Fixed, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, context_from_text, decode_bytes, place};

/// Any bytes: a document or an error, never a panic; positions lie inside the text, and every
/// flag answers or fails.
pub fn decode(dialect: Dialect, bytes: &[u8]) {
    let Ok(decoded) = decode_bytes(dialect, bytes, &Settings::default()) else { return };
    let mut diagnostics = decoded.diagnostics;
    let keys: Vec<String> = decoded.document.flags.iter().map(|flag| flag.key.clone()).collect();
    let compiled = compile(decoded.document);
    diagnostics.extend(compiled.diagnostics);
    let text = std::str::from_utf8(bytes).expect("only UTF-8 decodes");
    let lines = text.split('\n').count();
    for position in place(text, &mut diagnostics).into_iter().flatten() {
        assert!(position.line >= 1 && position.line <= lines, "{position:?} of {lines}");
    }
    // The document itself, read as a context, has the attributes that its rules name.
    let context = context_from_text(dialect, text).unwrap_or_else(|_| Context::new("u-1"));
    let world = Fixed::at(Timestamp::EPOCH);
    for key in &keys {
        let _ = compiled.snapshot.resolve(key, &context, &world, &mut ());
    }
}
