//! Whether the server is well, and what it has counted.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use serde_json::json;
use tokio::time::timeout;

use super::page::Page;
use super::table::Route;
use crate::app::App;
use crate::metrics::Gauge;
use crate::refusal::json_response;

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| Page::new(id, "health", summary);
    vec![
        Route::new(
            (Method::GET, "/healthz"),
            None,
            async || "ok\n",
            page("isAlive", "Whether the process answers").gives_any(200, TEXT, "It does"),
        ),
        Route::new(
            (Method::GET, "/readyz"),
            None,
            ready,
            page("isReady", "Whether the process answers requests well")
                .gives_any(200, "application/json", "It does, if only from memory")
                .gives_any(503, "application/json", "It is about to stop"),
        ),
        Route::new(
            (Method::GET, "/metrics"),
            None,
            metrics,
            page("getMetrics", "What was counted, for Prometheus").gives_any(200, TEXT, "Counters"),
        ),
    ]
}

/// Ready as long as flags are in memory: without its database a server still serves what it has.
async fn ready(State(app): State<Arc<App>>) -> Response {
    let answer = timeout(PING_MAX, app.environments.store().ping()).await;
    let database = if matches!(answer, Ok(Ok(()))) { "ok" } else { "unavailable" };
    let environments = app.environments.all().len();
    let is_stopping = app.is_stopping();
    let status = if is_stopping { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let body = json!({ "ready": !is_stopping, "database": database, "environments": environments });
    json_response(status, &body)
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let all = app.environments.all();
    let of_each = |value: fn(&crate::live::Live) -> u64| {
        let labeled = |live: &Arc<crate::live::Live>| {
            let labels = format!("project=\"{}\",environment=\"{}\"", live.project, live.key);
            (labels, value(live))
        };
        all.iter().map(labeled).collect()
    };
    let one = |value: usize| vec![(String::new(), u64::try_from(value).unwrap_or(u64::MAX))];
    let gauge = |name, help, values| Gauge { name, help, values };
    let text = app.metrics.to_text(&[
        gauge("flagkit_streams", "Open streams.", one(app.streams.taken())),
        gauge("flagkit_connections", "Open connections.", one(app.connections())),
        gauge(
            "flagkit_environment_version",
            "The number of the current version.",
            of_each(|live| live.version().number),
        ),
        gauge(
            "flagkit_environment_flags",
            "How many flags there are.",
            of_each(|live| live.with_snapshot(|snapshot| snapshot.len() as u64)),
        ),
    ]);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

const TEXT: &str = "text/plain";
const PING_MAX: Duration = Duration::from_secs(2);
