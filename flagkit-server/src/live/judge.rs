//! Whether a document makes sense: it is read and compiled before anything is stored.

use std::collections::HashSet;

use flagkit_core::{Changes, Compilation, Diagnostic, Document, Snapshot, compile, recompile};
use flagkit_dialects::{DecodeError, Decoded, Dialect, Settings, decode, place};
use flagkit_protocol::{Part, Problem};
use serde_json::{Value, json};

use super::held::PartEdit;

/// A document that was read and compiled.
#[derive(Debug)]
pub(crate) struct Judged {
    /// What is evaluated.
    pub(crate) snapshot: Snapshot,
    /// In whose words contexts are written.
    pub(crate) contexts: Dialect,
    /// What is wrong with it.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What a document follows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before<'a> {
    /// What was compiled last.
    pub(crate) snapshot: &'a Snapshot,
    /// What was wrong then.
    pub(crate) diagnostics: &'a [Diagnostic],
    /// What is different now.
    pub(crate) edits: &'a [PartEdit],
}

/// Reads and compiles a whole document, of which most was there before.
///
/// `version` becomes the revision of the snapshot.
///
/// # Errors
///
/// A text that is no document. What is wrong with single flags is told in the diagnostics.
pub(crate) fn judge(
    (dialect, text): (Dialect, &str),
    environment: &str,
    version: u64,
    before: Option<Before<'_>>,
) -> Result<Judged, Box<Problem>> {
    let settings = Settings { environment: Some(environment.to_owned()), ..Settings::default() };
    let decoded = decode(dialect, text, &settings).map_err(|error| no_document(&error))?;
    let Decoded { mut document, mut diagnostics, contexts, .. } = decoded;
    document.revision = Some(version);
    let Compilation { snapshot, diagnostics: found, .. } = match before {
        Some(before) if before.allows_recompile() => {
            recompile(before.snapshot, changes(document, before.edits))
        }
        _ => compile(document),
    };
    diagnostics.extend(found);
    Ok(Judged { snapshot, contexts, diagnostics })
}

impl Before<'_> {
    /// What holds for all flags cannot be changed by a recompile of some, and a recompile tells
    /// only about what it looked at.
    fn allows_recompile(&self) -> bool {
        let are_settings = self.edits.iter().any(|edit| edit.part == Part::Setting);
        !are_settings && !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// What edits change, as the whole document says it.
fn changes(document: Document, edits: &[PartEdit]) -> Changes {
    let keys = |part: Part, is_there: bool| -> HashSet<&str> {
        let of_kind = edits.iter().filter(|edit| edit.part == part);
        of_kind.filter(|edit| edit.json.is_some() == is_there).map(|edit| &*edit.key).collect()
    };
    let gone = |part| keys(part, false).into_iter().map(str::to_owned).collect();
    let (flags, segments) = (keys(Part::Flag, true), keys(Part::Segment, true));
    let Document { flags: all_flags, segments: all_segments, revision, .. } = document;
    Changes {
        flags: all_flags.into_iter().filter(|flag| flags.contains(&*flag.key)).collect(),
        removed_flags: gone(Part::Flag),
        segments: all_segments
            .into_iter()
            .filter(|segment| segments.contains(&*segment.key))
            .collect(),
        removed_segments: gone(Part::Segment),
        revision,
    }
}

impl Judged {
    /// Refuses errors that were not there before.
    ///
    /// What was broken may stay broken, or nobody could mend one flag after the other.
    ///
    /// # Errors
    ///
    /// The first new error as a problem, with all of them in its details.
    pub(crate) fn accept(mut self, text: &str, known: &[Diagnostic]) -> Result<Self, Box<Problem>> {
        let known: HashSet<(&str, &str)> =
            known.iter().map(|known| (&*known.path, &*known.problem)).collect();
        let is_new = |found: &Diagnostic| {
            found.is_error() && !known.contains(&(&*found.path, &*found.problem))
        };
        if !self.diagnostics.iter().any(is_new) {
            return Ok(self);
        }
        self.diagnostics.retain(is_new);
        place(text, &mut self.diagnostics);
        Err(refusal(&self.diagnostics).into())
    }
}

/// The first error as a problem, with all diagnostics in its details.
pub(crate) fn refusal(diagnostics: &[Diagnostic]) -> Problem {
    let first = diagnostics.iter().find(|found| found.is_error()).or(diagnostics.first());
    let Some(first) = first else {
        return Problem::new("invalid_document", "the document cannot be read");
    };
    let problem = Problem::new("invalid_document", &*first.problem).path(&*first.path);
    let problem = if first.mend.is_empty() { problem } else { problem.hint(&*first.mend) };
    problem.details(json!({ "diagnostics": diagnostics_json(diagnostics) }))
}

/// Diagnostics as JSON.
pub(crate) fn diagnostics_json(diagnostics: &[Diagnostic]) -> Value {
    let one = |found: &Diagnostic| {
        let severity = if found.is_error() { "error" } else { "warning" };
        let texts = [
            ("severity", severity),
            ("path", &found.path),
            ("message", &found.problem),
            ("consequence", &found.consequence),
            ("hint", &found.mend),
        ];
        let said = texts.into_iter().filter(|(_, text)| !text.is_empty());
        said.map(|(name, text)| (name.to_owned(), Value::from(text))).collect::<Value>()
    };
    diagnostics.iter().map(one).collect()
}

fn no_document(error: &DecodeError) -> Problem {
    let problem = Problem::new("invalid_document", error.message());
    match error.position() {
        Some(at) => problem.path(at.to_string()),
        None => problem,
    }
}

#[cfg(test)]
mod tests;
