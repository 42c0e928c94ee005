use flagkit_core::{Fixed, Timestamp, compile};
use serde_json::json;

use crate::{Decoded, Dialect, Settings, context_from_json, decode, place, value_to_json};

mod diagnostics;
mod evaluation;

const NOW: &str = "2026-12-04T12:00:00Z";

fn read(text: &str) -> Decoded {
    decode(Dialect::Native, text, &Settings::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Value, variant, rule and reason of one evaluation, or the error, in one line.
fn answer_at(text: &str, flag: &str, context: &serde_json::Value, now: &str) -> String {
    answer_in(read(text), flag, context, now)
}

fn answer(text: &str, flag: &str, context: &serde_json::Value) -> String {
    answer_at(text, flag, context, NOW)
}

fn answer_in(decoded: Decoded, flag: &str, context: &serde_json::Value, now: &str) -> String {
    let compiled = compile(decoded.document);
    let world = Fixed::at(Timestamp::parse(now).unwrap());
    match compiled.snapshot.resolve(flag, &context_from_json(context), &world, &mut ()) {
        Ok(found) => format!(
            "{} {} {} {} {}",
            if found.is_enabled() { "on" } else { "off" },
            found.value().map_or(json!("default"), value_to_json),
            found.variant().unwrap_or("-"),
            found.rule().unwrap_or("-"),
            found.reason()
        ),
        Err(code) => format!("error {code}"),
    }
}

/// Everything that is wrong with a document, as `line:column path: …` in order.
fn problems(text: &str) -> Vec<String> {
    let decoded = read(text);
    let mut diagnostics = decoded.diagnostics;
    diagnostics.extend(compile(decoded.document).diagnostics);
    let places = place(text, &mut diagnostics);
    let lines = places.iter().zip(&diagnostics).map(|(place, diagnostic)| {
        let place =
            place.map_or("?".to_owned(), |place| format!("{}:{}", place.line, place.column));
        format!("{place} {diagnostic}")
    });
    lines.collect()
}
