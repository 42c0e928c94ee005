//! All flags of an environment, for FlagKit's own clients.

use std::io::Write;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flagkit_protocol::PATH_SNAPSHOT;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::ask::Ask;
use super::page::Page;
use super::table::Route;
use crate::auth::Access;
use crate::refusal::Answer;

pub(super) fn routes() -> Vec<Route> {
    let page = Page::new("getSnapshot", "clients", "All flags of an environment, for clients")
        .query("project", "The project, for keys of all environments")
        .query("environment", "The environment, for keys of all environments")
        .header("If-None-Match", "The `ETag` of what the client has")
        .gives_any(200, "application/json", "Version, checksum and document")
        .gives_nothing(304, "The client has it");
    vec![Route::new((Method::GET, PATH_SNAPSHOT), Access::Documents, get, page)]
}

async fn get(ask: Ask) -> Answer {
    let live = ask.own_live()?;
    let tag = format!("\"{}\"", live.version());
    if ask.has(&tag) {
        return Ok(not_modified(&tag));
    }
    let whole = live.current_whole();
    let tag = format!("\"{}\"", live.version_of(whole.number));
    let mut headers = headers(&tag);
    if accepts_gzip(&ask.headers) && whole.body.len() >= WORTH_PACKING {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        let packed = whole.packed_by(pack).await;
        return Ok((headers, packed).into_response());
    }
    Ok((headers, whole.body).into_response())
}

/// The answer to a client that has it.
pub(super) fn not_modified(tag: &str) -> Response {
    (StatusCode::NOT_MODIFIED, headers(tag)).into_response()
}

/// What every answer says about its body.
fn headers(tag: &str) -> HeaderMap {
    let entries: [(HeaderName, &str); 4] = [
        (ETAG, tag),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_TYPE, "application/json"),
        (VARY, "accept-encoding"),
    ];
    let valid =
        |(name, value): (HeaderName, &str)| Some((name, HeaderValue::from_str(value).ok()?));
    entries.into_iter().filter_map(valid).collect()
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused = quality.trim().trim_start_matches("q=").trim() == "0";
        matches!(name.trim(), "gzip" | "*") && !is_refused
    })
}

fn pack(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default().into()
}

/// Below so many bytes it is not worth it.
const WORTH_PACKING: usize = 1 << 10;

#[cfg(test)]
mod tests;
