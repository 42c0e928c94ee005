//! The gate before every route: keys, rates, a number for the request, a line in the log.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::app::App;
use crate::auth::{Access, Caller};
use crate::metrics::RouteMetrics;
use crate::refusal::Answer;

/// The gate of one route.
#[derive(Debug)]
pub(crate) struct Gate {
    app: Arc<App>,
    access: Option<Access>,
    path: &'static str,
    metrics: Arc<RouteMetrics>,
}

impl Gate {
    /// For a route with this access.
    pub(crate) fn new(
        app: Arc<App>,
        access: Option<Access>,
        (method, path): (&Method, &'static str),
    ) -> Self {
        let metrics = app.metrics.of_route(method.as_str(), path);
        Self { app, access, path, metrics }
    }

    fn caller(&self, headers: &HeaderMap) -> Answer<Option<Caller>> {
        let Some(access) = self.access else { return Ok(None) };
        let caller = self.app.keys.caller(headers)?;
        caller.check(access)?;
        let now = Instant::now();
        self.app.requests.take(caller.key, now)?;
        if access == Access::Change {
            self.app.changes.take(caller.key, now)?;
        }
        Ok(Some(caller))
    }
}

/// Lets a request through, or refuses it.
pub(crate) async fn admit(
    State(gate): State<Arc<Gate>>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let caller = gate.caller(request.headers());
    let mut response = match caller {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    };
    let (status, took) = (response.status(), began.elapsed());
    gate.metrics.count(status.as_u16(), took);
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let path = gate.path;
    if status.is_server_error() {
        tracing::warn!(%method, path, status = status.as_u16(), took_us, ?id, "request failed");
    } else {
        tracing::debug!(%method, path, status = status.as_u16(), took_us, ?id, "request");
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The number that a proxy gave the request, or a new one.
pub(crate) fn request_id(headers: &HeaderMap) -> HeaderValue {
    let is_fine = |id: &&HeaderValue| {
        (1..=64).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    if let Some(id) = headers.get(REQUEST_ID).filter(is_fine) {
        return id.clone();
    }
    let id = format!("{:016x}", RandomState::new().hash_one(0_u8));
    HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("-"))
}

/// The header that carries the number of a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
