//! Answers in Flagsmith's own shape: every flag and the segments, for one context.

use flagkit_core::{
    Attributes, Diagnostic, Fixed, Flag, Resolution, Snapshot, Structure, Timestamp, Value, compile,
};
use serde_json::{Map, Value as Json, json};

use crate::decode;
use crate::error::DecodeError;
use crate::json::value_to_json;
use crate::node::{Node, Tree, without_mark};
use crate::settings::Settings;

use super::feature::{METADATA, REASON};
use super::{context, lower, members};

/// Which releases of the reference engine are spoken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Engine {
    /// Up to 11.1.0: every feature without an override that applies has the reason `DEFAULT`.
    #[default]
    UpTo11_1_0,
    /// From 11.1.1 on: the reason is `STATIC` where no segment overrides the feature at all.
    From11_1_1,
}

/// A document that is ready to answer whole evaluation contexts.
///
/// ```
/// use flagkit_dialects::flagsmith::Evaluator;
/// use serde_json::json;
///
/// let document = r#"{
///     "environment": { "key": "env", "name": "Production" },
///     "features": { "a": { "key": "1", "name": "a", "enabled": true, "value": "on" } }
/// }"#;
/// let evaluator = Evaluator::read(document)?;
/// let result = evaluator.evaluate(&json!({ "identity": { "identifier": "u" } }));
/// assert_eq!(result["flags"]["a"]["value"], "on");
/// assert_eq!(result["segments"], json!([]));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Evaluator {
    snapshot: Snapshot,
    diagnostics: Vec<Diagnostic>,
    segments: Vec<SegmentAnswer>,
    environment: Json,
    identity: Json,
    engine: Engine,
}

/// A segment, and what is said of it where the context is in it.
#[derive(Clone, Debug)]
struct SegmentAnswer {
    key: String,
    answer: Json,
}

impl Evaluator {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// Those of [`decode`](crate::decode()).
    pub fn read(text: &str) -> Result<Self, DecodeError> {
        let text = without_mark(text);
        let mut tree = Tree::default();
        let root = decode::read(text, &mut tree)?;
        let wrong = |wrong| decode::no_document(text, wrong);
        let lowered = lower(&root, &Settings::default()).map_err(wrong)?;
        let segments = members(&root, "segments").map_err(wrong)?;
        let compiled = compile(lowered.document);
        let json = |name: &str| root.entry(name).map_or(Json::Null, node_to_json);
        Ok(Self {
            snapshot: compiled.snapshot,
            diagnostics: lowered.diagnostics.into_iter().chain(compiled.diagnostics).collect(),
            segments: segments.iter().map(|(key, node)| segment_answer(key, node)).collect(),
            environment: json("environment"),
            identity: json("identity"),
            engine: Engine::default(),
        })
    }

    /// The same in the words of these releases.
    #[must_use]
    pub fn speaking(self, engine: Engine) -> Self {
        Self { engine, ..self }
    }

    /// What is wrong with the document.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The flags, for those who ask for one at a time.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// All flags and the list of segments for the identity of this context, or for the
    /// document's own if the context says nothing of one.
    pub fn evaluate(&self, context_json: &Json) -> Json {
        let identity = context_json.get("identity").unwrap_or(&self.identity);
        let whole = json!({ "environment": self.environment, "identity": identity });
        let context = context(&whole);
        let flags: Map<String, Json> = self
            .snapshot
            .flags()
            .map(|flag| (flag.key().to_owned(), self.flag(flag, &context)))
            .collect();
        let is_in = |segment: &&SegmentAnswer| {
            self.snapshot.is_in_segment(&segment.key, &context, &NO_WORLD, &mut ()) == Ok(true)
        };
        let segments = self.segments.iter().filter(is_in);
        let segments: Vec<Json> = segments.map(|segment| segment.answer.clone()).collect();
        json!({ "flags": flags, "segments": segments })
    }

    fn flag(&self, flag: &Flag, context: &impl Attributes) -> Json {
        match self.snapshot.resolve_flag(flag, context, &NO_WORLD, &mut ()) {
            Ok(found) => self.answer(flag, &found),
            Err(code) => json!({
                "enabled": false,
                "name": flag.key(),
                "value": null,
                "variant": null,
                "reason": format!("ERROR; code={code}"),
            }),
        }
    }

    fn answer(&self, flag: &Flag, found: &Resolution<'_>) -> Json {
        let facts = found.variant_metadata().map(|facts| &**facts);
        let fact = |name: &str| facts.and_then(|facts: &Structure| facts.get(name));
        let reason = fact(REASON).and_then(Value::as_str).or(found.label()).unwrap_or(DEFAULT);
        let reason = match (reason, self.engine) {
            (STATIC, Engine::UpTo11_1_0) => DEFAULT,
            _ => reason,
        };
        let mut answer = json!({
            "enabled": found.is_enabled(),
            "name": flag.key(),
            "value": found.value().map_or(Json::Null, value_to_json),
            "variant": found.variant(),
            "reason": reason,
        });
        if let (Some(metadata), Some(entries)) = (fact(METADATA), answer.as_object_mut()) {
            entries.insert("metadata".to_owned(), value_to_json(metadata));
        }
        answer
    }
}

fn segment_answer(key: &str, node: &Node<'_>) -> SegmentAnswer {
    let mut answer = Map::new();
    let name = node.entry("name").map_or(Json::Null, node_to_json);
    answer.insert("name".to_owned(), name);
    let metadata = node.entry("metadata").map(node_to_json);
    let is_there = |metadata: &Json| {
        !metadata.is_null() && metadata.as_object().is_none_or(|entries| !entries.is_empty())
    };
    if let Some(metadata) = metadata.filter(is_there) {
        answer.insert("metadata".to_owned(), metadata);
    }
    SegmentAnswer { key: key.to_owned(), answer: Json::Object(answer) }
}

fn node_to_json(node: &Node<'_>) -> Json {
    value_to_json(&node.to_value())
}

/// Nothing in a document of this vendor asks for the time or for chance.
pub(super) const NO_WORLD: Fixed = Fixed::at(Timestamp::EPOCH);
/// The reason of a feature that no segment overrides.
pub(super) const STATIC: &str = "STATIC";
/// The reason of a feature whose overrides do not apply.
pub(super) const DEFAULT: &str = "DEFAULT";
