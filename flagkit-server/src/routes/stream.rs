//! The stream of an environment, for FlagKit's own clients.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flagkit_protocol::{PATH_STREAM, Version};
use futures_util::stream::unfold;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use http::{HeaderName, Method};

use super::ask::Ask;
use super::page::Page;
use super::table::Route;
use crate::auth::Access;
use crate::http::Endless;
use crate::limits::Place;
use crate::live::stream::EventStream;
use crate::refusal::Answer;

pub(super) fn routes() -> Vec<Route> {
    let page = Page::new("stream", "clients", "Everything, and then every change as it happens")
        .query("project", "The project, for keys of all environments")
        .query("environment", "The environment, for keys of all environments")
        .header("Last-Event-ID", "The version that the client has")
        .gives_any(200, "text/event-stream", "`snapshot`, `delta`, `heartbeat`, `goodbye`");
    vec![Route::new((Method::GET, PATH_STREAM), Access::Documents, get, page)]
}

async fn get(ask: Ask) -> Answer {
    let live = ask.own_live()?;
    let place = ask.app.streams.take(ask.caller.key)?;
    // A client that cannot send headers says it in the query.
    let last = ask.header("last-event-id").or_else(|| ask.query("last-event-id"));
    // What is no version is that of somebody else's stream: the client gets everything.
    let last: Option<Version> = last.and_then(|last| last.trim().parse().ok());
    let every = ask.app.config.streams.heartbeat;
    let events = EventStream::open(live, last.as_ref(), every);
    Ok(respond(events, place))
}

/// Something that happens again and again.
pub(crate) trait Events: Send + 'static {
    /// The next event as bytes; none at the end.
    fn next(&mut self) -> impl Future<Output = Option<Bytes>> + Send;
}

impl Events for EventStream {
    async fn next(&mut self) -> Option<Bytes> {
        Self::next(self).await
    }
}

/// An answer that goes on.
pub(super) fn respond(events: impl Events, place: Place) -> Response {
    let events = unfold((events, place), |(mut events, place)| async move {
        let event = events.next().await?;
        Some((Ok::<_, Infallible>(event), (events, place)))
    });
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
        // What comes behind it on the same connection would wait for ever.
        (CONNECTION, "close"),
        // nginx would keep events until it has enough of them.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let mut response = (headers, Body::from_stream(events)).into_response();
    response.extensions_mut().insert(Endless);
    response
}
