//! What a change would make of an environment.

use std::sync::Arc;

use flagkit_core::{Diagnostic, Document, Snapshot, compile};
use flagkit_dialects::Dialect;
use flagkit_protocol::{Part, Problem};

use super::held::{Held, PartEdit};
use super::judge::{Before, Judged, judge};
use super::vendor::convert_to_parts;
use super::{Content, Live, VendorDocument};
use crate::json_text::quoted;
use crate::model::{Kind, StoredDocument, StoredPart};

/// A change that makes sense and can be published.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// What is in the environment then.
    pub(crate) content: Content,
    /// What is evaluated then.
    pub(crate) snapshot: Snapshot,
    /// What of the parts is different.
    pub(crate) edits: Vec<PartEdit>,
    /// Whether clients must read everything anew.
    pub(crate) is_incomparable: bool,
}

/// A new text for a whole environment.
#[derive(Clone, Debug)]
pub(crate) enum Replacement {
    /// Parts of a native document.
    Native(Held),
    /// A vendor's document, to be kept.
    Vendor(Dialect, Arc<str>),
}

impl Live {
    /// Prepares a change of some parts of a native document.
    ///
    /// # Errors
    ///
    /// 422 with everything that is wrong with it; where the environment holds a vendor's document.
    pub(crate) fn prepare(&self, mut edits: Vec<PartEdit>) -> Result<Prepared, Box<Problem>> {
        let (mut content, number) = self.read(|content, number| (content.clone(), number));
        if content.document.is_some() {
            return Err(is_vendors(content.dialect).into());
        }
        if !content.is_readable {
            return Err(is_unreadable(&content.diagnostics).into());
        }
        edits.retain(|edit| {
            let old = content.held.of(edit.part).get(&edit.key).map(|entry| &entry.json);
            old != edit.json.as_ref()
        });
        for edit in &edits {
            content.held.apply(edit, number + 1);
        }
        self.native(content, edits, number + 1)
    }

    /// Prepares a change of everything.
    ///
    /// # Errors
    ///
    /// As [`prepare`](Self::prepare), and texts that are no document.
    pub(crate) fn prepare_replacement(&self, with: Replacement) -> Result<Prepared, Box<Problem>> {
        let (mut content, number) = self.read(|content, number| (content.clone(), number));
        let number = number + 1;
        match with {
            Replacement::Native(mut held) => {
                put_own_settings(&mut held, self.key.as_str(), number);
                let edits = content.held.edits_to(&held);
                let was_vendors = content.document.take().is_some();
                for edit in &edits {
                    content.held.apply(edit, number);
                }
                content.dialect = Dialect::Native;
                content.is_readable = true;
                let prepared = self.native(content, edits, number)?;
                Ok(Prepared {
                    is_incomparable: prepared.is_incomparable || was_vendors,
                    ..prepared
                })
            }
            Replacement::Vendor(dialect, text) => self.vendors(content, dialect, text, number),
        }
    }

    /// Takes what is stored now, of which only a native document that could be read may lack what
    /// is not different.
    /// Whatever is wrong with it was stored nevertheless.
    pub(crate) fn follow(&self, stored: &StoredDocument) {
        let (content, current) = self.read(|content, number| (content.clone(), number));
        let number = stored.environment.version;
        if number <= current {
            return;
        }
        let environment = self.key.as_str();
        let was = content.dialect;
        let are_native = (was, stored.environment.dialect) == (NATIVE, NATIVE);
        let (next, snapshot) = if are_native && content.is_readable {
            follow_native(content.clone(), environment, &stored.parts, number)
        } else {
            read(environment, stored.environment.dialect, &stored.parts, number)
        };
        let edits = content.held.edits_to(&next.held);
        let is_incomparable = next.dialect != was || edits.iter().any(concerns_everything);
        let prepared = Prepared { content: next, snapshot, edits, is_incomparable };
        self.publish(prepared, number);
    }

    fn native(
        &self,
        content: Content,
        edits: Vec<PartEdit>,
        number: u64,
    ) -> Result<Prepared, Box<Problem>> {
        let text = content.held.document();
        let current = self.snapshot();
        let known = content.diagnostics.clone();
        let before = Before { snapshot: &current, diagnostics: &known, edits: &edits };
        let environment = self.key.as_str();
        let judged = judge((Dialect::Native, &text), environment, number, Some(before))?;
        let Judged { snapshot, contexts, diagnostics } = judged.accept(&text, &known)?;
        let is_incomparable = edits.iter().any(concerns_everything);
        let content = Content { contexts, diagnostics: diagnostics.into(), ..content };
        Ok(Prepared { content, snapshot, edits, is_incomparable })
    }

    fn vendors(
        &self,
        content: Content,
        dialect: Dialect,
        text: Arc<str>,
        number: u64,
    ) -> Result<Prepared, Box<Problem>> {
        let environment = self.key.as_str();
        let judged = judge((dialect, &text), environment, number, None)?;
        let (held, left_out) = convert_to_parts((dialect, &text), environment, number)?;
        let Judged { snapshot, contexts, mut diagnostics } = judged;
        diagnostics.extend(left_out);
        let edits = content.held.edits_to(&held);
        let mut next = content.held;
        for edit in &edits {
            next.apply(edit, number);
        }
        let is_incomparable = edits.iter().any(concerns_everything);
        let document = Some(VendorDocument { text, revision: number });
        let diagnostics = diagnostics.into();
        let content =
            Content { held: next, dialect, document, contexts, diagnostics, is_readable: true };
        Ok(Prepared { content, snapshot, edits, is_incomparable })
    }
}

/// Everything that is stored of an environment, taken as it is.
pub(super) fn read(
    environment: &str,
    dialect: Dialect,
    parts: &[StoredPart],
    number: u64,
) -> (Content, Snapshot) {
    let document = parts.iter().find(|part| part.kind == Kind::Document);
    let text = document.and_then(|part| Some((part.json.clone()?, part.revision)));
    let read = match (dialect, text) {
        (Dialect::Native, _) | (_, None) => native_as_stored(environment, parts, number),
        (vendor, Some((text, revision))) => {
            vendors_as_stored(environment, (vendor, &text), revision, number)
        }
    };
    read.unwrap_or_else(|problem| unreadable(dialect, &problem))
}

fn native_as_stored(
    environment: &str,
    parts: &[StoredPart],
    number: u64,
) -> Result<(Content, Snapshot), Box<Problem>> {
    let mut held = Held::default();
    for stored in parts {
        if let (Some(part), Some(json)) = (stored.kind.part(), stored.json.clone()) {
            let edit = PartEdit { part, key: stored.key.as_str().into(), json: Some(json) };
            held.apply(&edit, stored.revision);
        }
    }
    put_own_settings(&mut held, environment, 0);
    let judged = judge((Dialect::Native, &held.document()), environment, number, None)?;
    let Judged { snapshot, contexts, diagnostics } = judged;
    let diagnostics = diagnostics.into();
    let dialect = Dialect::Native;
    Ok((
        Content { held, dialect, document: None, contexts, diagnostics, is_readable: true },
        snapshot,
    ))
}

fn vendors_as_stored(
    environment: &str,
    (dialect, text): (Dialect, &Arc<str>),
    revision: u64,
    number: u64,
) -> Result<(Content, Snapshot), Box<Problem>> {
    let judged = judge((dialect, text), environment, number, None)?;
    let (held, left_out) = convert_to_parts((dialect, text), environment, revision)?;
    let Judged { snapshot, contexts, mut diagnostics } = judged;
    diagnostics.extend(left_out);
    let document = Some(VendorDocument { text: text.clone(), revision });
    let diagnostics = diagnostics.into();
    Ok((Content { held, dialect, document, contexts, diagnostics, is_readable: true }, snapshot))
}

/// A native document with other parts.
fn follow_native(
    mut content: Content,
    environment: &str,
    parts: &[StoredPart],
    number: u64,
) -> (Content, Snapshot) {
    for stored in parts {
        if let Some(part) = stored.kind.part() {
            let edit =
                PartEdit { part, key: stored.key.as_str().into(), json: stored.json.clone() };
            content.held.apply(&edit, stored.revision);
        }
    }
    put_own_settings(&mut content.held, environment, 0);
    match judge((NATIVE, &content.held.document()), environment, number, None) {
        Ok(Judged { snapshot, contexts, diagnostics }) => {
            let diagnostics = diagnostics.into();
            (Content { contexts, diagnostics, document: None, ..content }, snapshot)
        }
        Err(problem) => unreadable(NATIVE, &problem),
    }
}

/// An environment whose stored document cannot be read any more: without flags, and it says why.
fn unreadable(dialect: Dialect, problem: &Problem) -> (Content, Snapshot) {
    let path = problem.path.clone().unwrap_or_default();
    let found = Diagnostic::error(path, problem.message.clone());
    let found = found.with_consequence("the environment has no flags");
    let content = Content {
        held: Held::default(),
        dialect,
        document: None,
        contexts: dialect,
        diagnostics: [found].into(),
        is_readable: false,
    };
    (content, compile(Document::default()).snapshot)
}

/// What a native document says of itself is for the server to say.
fn put_own_settings(held: &mut Held, environment: &str, revision: u64) {
    let own = [("schema", quoted("flagkit/1")), ("environment", quoted(environment))];
    for (key, json) in own {
        let edit = PartEdit { part: Part::Setting, key: key.into(), json: Some(json.into()) };
        held.apply(&edit, revision);
    }
    held.apply(&PartEdit { part: Part::Setting, key: "revision".into(), json: None }, revision);
}

const NATIVE: Dialect = Dialect::Native;

/// Whether flags that are not in the edit are read differently after it.
fn concerns_everything(edit: &PartEdit) -> bool {
    edit.part == Part::Setting && &*edit.key != "revision"
}

fn is_unreadable(diagnostics: &[Diagnostic]) -> Problem {
    let why = diagnostics.first().map(|found| found.problem.as_str()).unwrap_or_default();
    let message = format!("what is stored of the environment cannot be read: {why}");
    Problem::new("unreadable", message).hint("import a whole document in its place")
}

fn is_vendors(dialect: Dialect) -> Problem {
    let message = format!("the environment holds a document of {dialect}, which is kept as it is");
    Problem::new("vendor_document", message)
        .hint("import a new document, or import it without `keep` to have native flags")
}
