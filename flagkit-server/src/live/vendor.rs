//! A vendor's document as the native parts that FlagKit's own clients get.

use std::sync::Arc;

use flagkit_core::Diagnostic;
use flagkit_dialects::{Dialect, Outcome, Settings, convert};
use flagkit_protocol::{Document, Part, Problem};

use super::held::{Held, PartEdit};
use crate::json_text::compact;

/// The parts of a vendor's document in the exact form, and what had to be left out.
///
/// # Errors
///
/// A text that is no document in this dialect.
pub(crate) fn convert_to_parts(
    (dialect, text): (Dialect, &str),
    environment: &str,
    revision: u64,
) -> Result<(Held, Vec<Diagnostic>), Box<Problem>> {
    let settings = Settings { environment: Some(environment.to_owned()), ..Settings::default() };
    let converted = convert(dialect, text, &settings)
        .map_err(|error| Problem::new("invalid_document", error.to_string()))?;
    let left_out = converted.reports.iter().filter_map(|report| match &report.outcome {
        Outcome::Not(why) => {
            let path = format!("flags.{}", report.flag);
            let found = Diagnostic::warning(path, format!("{LEFT_OUT}{why}"));
            Some(found.with_consequence("FlagKit's own clients do not get it"))
        }
        Outcome::Exactly => None,
    });
    let left_out = left_out.collect();
    let text = converted.to_json_pretty();
    let document = Document::parse(&text).map_err(|error| {
        Problem::new("invalid_document", format!("the converted document is none: {error}"))
    })?;
    Ok((held(&document, revision), left_out))
}

/// All parts of a document, compact.
pub(crate) fn held(document: &Document<'_>, revision: u64) -> Held {
    let mut held = Held::default();
    let kinds = [
        (Part::Setting, &document.settings),
        (Part::Segment, &document.segments),
        (Part::Flag, &document.flags),
    ];
    for (part, entries) in kinds {
        for (key, json) in entries {
            let json: Arc<str> = compact(json).into();
            held.apply(&PartEdit { part, key: key.as_str().into(), json: Some(json) }, revision);
        }
    }
    held
}

/// How a diagnostic begins that says which flag FlagKit's own clients do not get.
pub(crate) const LEFT_OUT: &str = "the flag is left out: ";
