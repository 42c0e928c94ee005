//! Why a request was refused, as an answer of HTTP.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use flagkit_protocol::Problem;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json, value::RawValue};

use crate::store::{Conflict, ErrorKind, StoreError};

/// A refusal: a status and a [`Problem`].
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The status.
    pub(crate) status: StatusCode,
    /// What is wrong.
    pub(crate) problem: Box<Problem>,
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

/// What a handler gives.
pub(crate) type Answer<T = Response> = Result<T, Refusal>;

impl Refusal {
    /// One of this status and code.
    #[cold]
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, problem: Problem::new(code, message).into(), header: None }
    }

    /// A request that makes no sense.
    #[cold]
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// There is no such thing.
    #[cold]
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// Nobody knows who asks.
    #[cold]
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        let mut refusal = Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message);
        refusal.header = Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")).into());
        refusal
    }

    /// Whoever asks may not.
    #[cold]
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// Too often.
    #[cold]
    pub(crate) fn too_many(message: impl Into<String>, wait: Duration) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self::new(status, "too_many_requests", message).retry_after(wait)
    }

    /// Not now.
    #[cold]
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, "unavailable", message).retry_after(Duration::from_secs(1))
    }

    /// With a way to mend it.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { problem: self.problem.hint(hint).into(), ..self }
    }

    /// With a way to mend it, if there is one.
    #[must_use]
    pub(crate) fn maybe_hint(self, hint: Option<String>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// With the place of what is wrong.
    #[must_use]
    pub(crate) fn path(self, path: impl Into<String>) -> Self {
        Self { problem: self.problem.path(path).into(), ..self }
    }

    /// With more about it.
    #[must_use]
    pub(crate) fn details(self, details: Value) -> Self {
        Self { problem: self.problem.details(details).into(), ..self }
    }

    /// With the time after which asking again makes sense, in whole seconds, one at least.
    #[must_use]
    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.header = Some((RETRY_AFTER, HeaderValue::from(seconds.max(1))).into());
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = json_response(self.status, &self.problem);
        if let Some(header) = self.header {
            let (name, value) = *header;
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// An answer of JSON.
pub(crate) fn json_response(status: StatusCode, body: &impl serde::Serialize) -> Response {
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    match serde_json::to_vec(body) {
        Ok(body) => (status, json, body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Box::new(problem).into()
    }
}

impl From<Box<Problem>> for Refusal {
    /// By its code: what was sent cannot be processed, unless the code says something else.
    fn from(problem: Box<Problem>) -> Self {
        let status = match problem.code.as_str() {
            "invalid_json" | "invalid_request" => StatusCode::BAD_REQUEST,
            "not_found" => StatusCode::NOT_FOUND,
            "conflict" | "exists" | "vendor_document" | "unreadable" => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self { status, problem, header: None }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::not_found(error.to_string()),
            ErrorKind::Exists => Self::new(StatusCode::CONFLICT, "exists", error.to_string()),
            ErrorKind::Refused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", error.to_string())
            }
            ErrorKind::Conflict => conflict(&error),
            ErrorKind::Unavailable => {
                Self::unavailable(error.to_string()).hint("nothing was changed; try again")
            }
            ErrorKind::Uncertain => Self::unavailable(error.to_string())
                .hint("the change may have been made; look before you try again"),
            ErrorKind::Broken => {
                tracing::error!(error = &error as &dyn std::error::Error, "the database failed");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Self::new(status, "internal", "the database does not do what it should")
                    .hint("the server's log says more")
            }
        }
    }
}

/// What was expected and what is there.
fn conflict(error: &StoreError) -> Refusal {
    let refusal = Refusal::new(StatusCode::CONFLICT, "conflict", error.to_string());
    let details = match error.conflict() {
        None => return refusal,
        Some(Conflict::Version { expected, actual }) => {
            json!({ "expected_version": expected, "actual_version": actual })
        }
        Some(Conflict::Part { kind, key, expected, actual, current }) => {
            let current: Option<&RawValue> =
                current.as_deref().and_then(|text| serde_json::from_str(text).ok());
            json!({
                "kind": kind.name(),
                "key": key,
                "expected_revision": expected,
                "actual_revision": actual,
                "current": current,
            })
        }
    };
    refusal.hint("read what is there now, and send your change with its revision").details(details)
}

#[cfg(test)]
mod tests;
