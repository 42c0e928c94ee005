//! What Unleash's server SDKs ask: all features, once or as they change.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse;
use bytes::Bytes;
use flagkit_protocol::Version;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{Method, StatusCode};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::auth::Access::{Documents, Look};
use crate::live::Signal;
use crate::refusal::{Answer, json_response};
use crate::routes::ask::Ask;
use crate::routes::page::Page;
use crate::routes::stream::{Events, respond};
use crate::routes::table::Route;
use crate::unleash::Side;

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| Page::new(id, "unleash", summary);
    vec![
        Route::new(
            (Method::GET, "/api/client/features"),
            Documents,
            features,
            page("unleashFeatures", "All features, for Unleash's server SDKs")
                .header("If-None-Match", "The `ETag` of what the client has")
                .gives_any(200, "application/json", "Features and segments")
                .gives_nothing(304, "The client has them"),
        ),
        Route::new(
            (Method::GET, "/api/client/delta"),
            Documents,
            delta,
            page(
                "unleashDelta",
                "What has changed since the client asked, for Unleash's server SDKs",
            )
            .header("If-None-Match", "The `ETag` of what the client has")
            .gives_any(200, "application/json", "Events, of which the first may hold everything")
            .gives_nothing(304, "The client has them"),
        ),
        Route::new(
            (Method::GET, "/api/client/streaming"),
            Documents,
            streaming,
            page("unleashStreaming", "All features, and every change as it happens").gives_any(
                200,
                "text/event-stream",
                "`unleash-connected`, `unleash-updated`",
            ),
        ),
        Route::new(
            (Method::GET, LEFT_OUT),
            Look,
            left_out,
            page("unleashLeftOut", "Flags that Unleash's server SDKs do not get, and why")
                .gives_any(200, "application/json", "By flag"),
        ),
    ]
}

async fn features(ask: Ask) -> Answer {
    let live = ask.own_live()?;
    let features = ask.app.unleash.of(&live).features().await;
    let headers = [
        (ETAG, features.tag.as_str()),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_TYPE, "application/json"),
    ];
    if ask.has(&features.tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, features.document()).into_response())
}

async fn delta(ask: Ask) -> Answer {
    let live = ask.own_live()?;
    let has = ask.header(IF_NONE_MATCH.as_str()).and_then(version_in);
    let has = has.filter(|version| version.epoch == live.epoch()).map(|version| version.number);
    let (events, number) = ask.app.unleash.of(&live).delta_since(has).await;
    let tag = format!("\"{}\"", live.version_of(number));
    let headers =
        [(ETAG, tag.as_str()), (CACHE_CONTROL, "no-cache"), (CONTENT_TYPE, "application/json")];
    Ok(match events {
        Some(events) => (headers, events).into_response(),
        None => (StatusCode::NOT_MODIFIED, headers).into_response(),
    })
}

/// The version that a tag of a delta names; proxies make tags weak.
fn version_in(tag: &str) -> Option<Version> {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"').parse().ok()
}

async fn left_out(ask: Ask) -> Answer {
    let live = ask.live()?;
    let features = ask.app.unleash.of(&live).features().await;
    let entry = |(flag, why): &(String, String)| json!({ "flag": flag, "why": why });
    let items: Vec<_> = features.left_out.iter().map(entry).collect();
    Ok(json_response(StatusCode::OK, &json!({ "items": items })))
}

async fn streaming(ask: Ask) -> Answer {
    let live = ask.own_live()?;
    let place = ask.app.streams.take(ask.caller.key)?;
    let side = ask.app.unleash.of(&live);
    let signal = live.subscribe();
    let (events, number) = side.events_since(None).await;
    let stream = Updates {
        side,
        signal,
        at: number,
        queue: events.into(),
        every: ask.app.config.streams.heartbeat.min(HEARTBEAT_MAX),
        is_over: false,
    };
    Ok(respond(stream, place))
}

/// Every change, for one client.
struct Updates {
    side: Arc<Side>,
    signal: watch::Receiver<Signal>,
    at: u64,
    queue: VecDeque<Bytes>,
    every: Duration,
    is_over: bool,
}

impl Events for Updates {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            match timeout(self.every, self.signal.changed()).await {
                Err(_) => return Some(Bytes::from_static(COMMENT)),
                Ok(Err(_)) => self.is_over = true,
                Ok(Ok(())) => {
                    let signal = *self.signal.borrow_and_update();
                    let (events, number) = self.side.events_since(Some(self.at)).await;
                    self.queue.extend(events);
                    self.at = number;
                    self.is_over = signal.goodbye_ms.is_some();
                }
            }
        }
    }
}

const LEFT_OUT: &str = "/api/v1/projects/{project}/environments/{environment}/unleash/left-out";
const COMMENT: &[u8] = b": \n\n";
/// SDKs hang up after a minute of silence.
const HEARTBEAT_MAX: Duration = Duration::from_secs(20);
