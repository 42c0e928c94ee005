//! Decoding: text of any dialect becomes a document, or none.

use flagkit_core::{Diagnostic, Document};

use crate::dialect::Dialect;
use crate::error::{DecodeError, WrongShape};
use crate::locate::locate;
use crate::node::{self, Node, TEXT_BYTES_MAX, Tree, without_mark};
use crate::settings::Settings;
use crate::{feature_flags, native, rollout_rules, vendors};

/// A document and what is wrong with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decoded {
    /// Every flag; the broken ones answer for themselves with `PARSE_ERROR`.
    pub document: Document,
    /// Errors of flags and segments, and warnings. Compiling the document finds more.
    pub diagnostics: Vec<Diagnostic>,
    /// The environment that counts: the application's, or else the document's.
    pub environment: Option<String>,
    /// In whose words contexts for this document are written: those of its own dialect, unless it
    /// was converted and says that they are still the vendor's. See [`context`](crate::context()).
    pub contexts: Dialect,
}

/// Reads JSON or YAML in one of the dialects; without one, in that which [`detect`] finds, or in
/// the native one.
///
/// ```
/// use flagkit_dialects::{decode, Dialect, Settings};
///
/// let settings = Settings::default();
/// let text = r#"{ "flags": { "a": { "enabled": true } } }"#;
/// let decoded = decode(None, text, &settings)?;
/// assert_eq!(decoded.document.flags, decode(Dialect::Native, text, &settings)?.document.flags);
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
///
/// # Errors
///
/// Text that is neither JSON nor YAML, a tree whose top has the wrong shape, and text
/// over a limit. Everything else is a diagnostic.
pub fn decode(
    dialect: impl Into<Option<Dialect>>,
    text: &str,
    settings: &Settings,
) -> Result<Decoded, DecodeError> {
    let text = without_mark(text);
    let mut tree = Tree::default();
    let root = read(text, &mut tree)?;
    let dialect = dialect.into().or_else(|| recognise(&root)).unwrap_or_default();
    let lowered = match dialect {
        Dialect::Native => native::lower(&root, settings),
        Dialect::RolloutRules => rollout_rules::lower(&root, settings),
        Dialect::FeatureFlags => feature_flags::lower(&root, settings),
        vendor => {
            let reader = vendors::reader(vendor).ok_or_else(|| not_built_in(vendor))?;
            (reader.lower)(&root, settings)
        }
    };
    let lowered = lowered.map_err(|wrong| no_document(text, wrong))?;
    let contexts = match dialect {
        Dialect::Native => native::contexts(&root).map_err(|wrong| no_document(text, wrong))?,
        other => other,
    };
    Ok(Decoded {
        document: lowered.document,
        diagnostics: lowered.diagnostics,
        environment: lowered.environment,
        contexts,
    })
}

/// The same for bytes: they must be UTF-8; a byte order mark is skipped.
///
/// # Errors
///
/// Also bytes that are no UTF-8.
pub fn decode_bytes(
    dialect: impl Into<Option<Dialect>>,
    bytes: &[u8],
    settings: &Settings,
) -> Result<Decoded, DecodeError> {
    decode(dialect, text_of(bytes)?, settings)
}

/// The dialect that a text seems to be written in, judged by its keys; `None` if it has none
/// of them, or is no document.
///
/// ```
/// use flagkit_dialects::{detect, Dialect};
///
/// assert_eq!(detect("feature_flags: {}"), Some(Dialect::FeatureFlags));
/// assert_eq!(detect(r#"{ "flags": {} }"#), Some(Dialect::Native));
/// assert_eq!(detect(r#"[{ "name": "a", "status": "enabled" }]"#), Some(Dialect::RolloutRules));
/// assert_eq!(detect("hello"), None);
/// ```
pub fn detect(text: &str) -> Option<Dialect> {
    let mut tree = Tree::default();
    recognise(&read(without_mark(text), &mut tree).ok()?)
}

fn recognise(root: &Node<'_>) -> Option<Dialect> {
    if root.entry("schema").and_then(Node::as_text) == Some(native::SCHEMA) {
        return Some(Dialect::Native);
    }
    if let Some(vendor) = vendors::detect(root) {
        return Some(vendor);
    }
    if root.entry("feature_flags").is_some() {
        return Some(Dialect::FeatureFlags);
    }
    if root.entry("schema").is_some() {
        return Some(Dialect::Native);
    }
    let flags = root.entry("flags");
    if rollout_rules::is_likely(flags.unwrap_or(root)) {
        return Some(Dialect::RolloutRules);
    }
    flags.map(|_| Dialect::Native)
}

fn not_built_in(dialect: Dialect) -> DecodeError {
    let problem = format!("this build cannot read {dialect}; it needs the feature `{dialect}`");
    DecodeError::new(problem)
}

/// The tree of a text without byte order mark.
pub(crate) fn read<'a>(text: &'a str, tree: &'a mut Tree<'a>) -> Result<Node<'a>, DecodeError> {
    if text.trim().is_empty() {
        return Err(DecodeError::new("the document is empty"));
    }
    node::read(text, tree)
}

/// Finds the place of a wrong shape.
pub(crate) fn no_document(text: &str, wrong: WrongShape) -> DecodeError {
    let position = locate(text, &wrong.path);
    DecodeError::new(wrong.problem).at(position)
}

fn check_length(length: usize) -> Result<(), DecodeError> {
    if length <= TEXT_BYTES_MAX {
        return Ok(());
    }
    let problem = format!("the document has {length} bytes; at most {TEXT_BYTES_MAX} are allowed");
    Err(DecodeError::new(problem))
}

fn text_of(bytes: &[u8]) -> Result<&str, DecodeError> {
    check_length(bytes.len())?;
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let text = String::from_utf8_lossy(valid);
        let line = text.matches('\n').count() + 1;
        let last = text.rsplit('\n').next().unwrap_or_default();
        let position = node::position_at(&text, line, last.len() + 1);
        DecodeError::new("the document is not UTF-8").at(Some(position))
    })
}

#[cfg(test)]
mod tests;
