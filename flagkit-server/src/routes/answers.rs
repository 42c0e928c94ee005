//! Answers that several routes give.

use axum::response::{IntoResponse, Response};
use flagkit_core::Diagnostic;
use http::header::ETAG;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::environments::Done;
use crate::json_text::parse;
use crate::refusal::{Answer, Refusal, json_response};

/// What came of a change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeResult {
    /// The version of the environment now.
    #[schema(example = "k3v9:13")]
    pub(crate) version: String,
    /// The revision of what was changed now; none where it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<u64>,
    /// Whether anything is different.
    pub(crate) changed: bool,
    /// What is odd about it; everything works.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<DiagnosticEntry>,
}

/// What is wrong or odd about a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiagnosticEntry {
    /// `error` or `warning`.
    severity: &'static str,
    /// Where: `flags.beta.rollout_percentage`.
    path: String,
    /// What.
    message: String,
    /// What happens instead.
    #[serde(skip_serializing_if = "String::is_empty")]
    consequence: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "String::is_empty")]
    hint: String,
}

impl From<&Diagnostic> for DiagnosticEntry {
    fn from(found: &Diagnostic) -> Self {
        Self {
            severity: if found.is_error() { "error" } else { "warning" },
            path: found.path.clone(),
            message: found.problem.clone(),
            consequence: found.consequence.clone(),
            hint: found.mend.clone(),
        }
    }
}

impl ChangeResult {
    /// Of a change that concerned what is below this path.
    pub(crate) fn of(done: &Done, revision: Option<u64>, path: &str) -> Self {
        let concerns = |found: &&Diagnostic| {
            let rest = found.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let warnings = done.diagnostics.iter().filter(concerns).take(WARNINGS_MAX);
        Self {
            version: done.version.to_string(),
            revision,
            changed: done.is_changed,
            warnings: warnings.map(DiagnosticEntry::from).collect(),
        }
    }

    /// As an answer with the revision as its tag.
    pub(crate) fn respond(self, status: StatusCode) -> Response {
        let tag = self.revision.map(tag);
        let mut response = json_response(status, &self);
        if let Some(tag) = tag {
            response.headers_mut().insert(ETAG, tag);
        }
        response
    }
}

/// The `ETag` of a revision.
pub(crate) fn tag(revision: u64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{revision}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// Reads a body.
///
/// # Errors
///
/// 400 with what is wrong with it.
pub(crate) fn json_body<T: DeserializeOwned>(body: &[u8]) -> Answer<T> {
    let json = parse(body)?;
    serde_json::from_str(json.get()).map_err(|error| {
        let message = error.to_string();
        // The place is one in our own copy of the text.
        let problem = message.rsplit_once(" at line ").map_or(&*message, |(problem, _)| problem);
        Refusal::bad_request(format!("the body is not what it should be: {problem}"))
            .hint("/api/v1/openapi.json shows what it should be")
    })
}

/// JSON that is kept as text.
pub(crate) fn raw(json: &str) -> Option<&RawValue> {
    serde_json::from_str(json).ok()
}

/// A JSON text as an answer.
pub(crate) fn text(json: String) -> Response {
    ([(http::header::CONTENT_TYPE, "application/json")], json).into_response()
}

const WARNINGS_MAX: usize = 100;
