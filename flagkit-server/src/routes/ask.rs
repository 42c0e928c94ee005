//! A request, taken apart.

use std::io::Read;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use bytes::{Bytes, BytesMut};
use flate2::read::GzDecoder;
use http::header::{CONTENT_ENCODING, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::app::App;
use crate::auth::Caller;
use crate::environments::Changing;
use crate::live::Live;
use crate::model::{Author, Expected};
use crate::refusal::{Answer, Refusal};
use crate::world::now_ms;

/// A request of a caller who may make it.
#[derive(Debug)]
pub(crate) struct Ask {
    /// The server.
    pub(crate) app: Arc<App>,
    /// Who asks.
    pub(crate) caller: Caller,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    params: Vec<(String, String)>,
    query: Vec<(String, String)>,
}

impl FromRequestParts<Arc<App>> for Ask {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Answer<Self> {
        let params = RawPathParams::from_request_parts(parts, app).await;
        let params = params.map_err(|error| Refusal::bad_request(error.to_string()))?;
        let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let params = params.collect();
        let query = match parts.uri.query() {
            Some(query) => serde_urlencoded::from_str(query).map_err(|error| {
                Refusal::bad_request(format!("the query cannot be read: {error}"))
            })?,
            None => Vec::new(),
        };
        let Some(caller) = parts.extensions.remove::<Caller>() else {
            return Err(Refusal::unauthorized("the request has no key"));
        };
        let headers = std::mem::take(&mut parts.headers);
        Ok(Self { app: app.clone(), caller, headers, params, query })
    }
}

impl Ask {
    /// A parameter of the path; empty if the path has none of that name.
    pub(crate) fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// A parameter of the query; the last one of that name.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All parameters of the query.
    pub(crate) fn all_query(&self) -> &[(String, String)] {
        &self.query
    }

    /// A parameter of the query, read.
    ///
    /// # Errors
    ///
    /// 400 for text that cannot be read.
    pub(crate) fn query_as<T: FromStr>(&self, name: &str, wanted: &str) -> Answer<Option<T>> {
        let Some(text) = self.query(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            let refusal = Refusal::bad_request(format!("`{text}` is not {wanted}"));
            refusal.path(format!("query.{name}"))
        })
    }

    /// A switch in the query: `?name`, `?name=true`, `?name=false`.
    ///
    /// # Errors
    ///
    /// 400 for anything else.
    pub(crate) fn is_switched_on(&self, name: &str) -> Answer<bool> {
        if self.query(name) == Some("") {
            return Ok(true);
        }
        Ok(self.query_as(name, "`true` or `false`")?.unwrap_or(false))
    }

    /// The environment that the path names.
    ///
    /// # Errors
    ///
    /// 404 where there is none, 403 where the key is not for it.
    pub(crate) fn live(&self) -> Answer<Arc<Live>> {
        let named = (self.param("project"), self.param("environment"));
        let live = self.app.environments.find(named.0, named.1);
        match (&live, self.caller.environment) {
            // Nobody learns from a key of one environment which others there are.
            (Err(_), Some(_)) => Err(Refusal::forbidden("the key belongs to another environment")),
            (Ok(live), _) => {
                self.caller.check_environment(live.id)?;
                Ok(live.clone())
            }
            (Err(_), None) => live,
        }
    }

    /// The environment of the key, or the one that the query names.
    ///
    /// # Errors
    ///
    /// As [`Caller::environment_in`].
    pub(crate) fn own_live(&self) -> Answer<Arc<Live>> {
        let named = match (self.query("project"), self.query("environment")) {
            (Some(project), Some(environment)) => Some((project, environment)),
            _ => None,
        };
        self.caller.environment_in(&self.app.environments, named)
    }

    /// What must be there before a part is changed.
    ///
    /// # Errors
    ///
    /// 400 for a tag that is no revision.
    pub(crate) fn expected(&self) -> Answer<Expected> {
        if let Some(tags) = self.header(IF_MATCH.as_str()) {
            let tag = tags.trim().trim_start_matches("W/").trim_matches('"');
            return tag.parse().map(Expected::Revision).map_err(|_| {
                let message = format!("`{tags}` is no revision");
                let refusal = Refusal::bad_request(message).path("headers.if-match");
                refusal.hint("send the `ETag` that came with what you change: a number in quotes")
            });
        }
        match self.header(IF_NONE_MATCH.as_str()) {
            Some(tag) if tag.trim() == "*" => Ok(Expected::Absent),
            _ => Ok(Expected::Any),
        }
    }

    /// Whether the client has what this tag stands for.
    pub(crate) fn has(&self, tag: &str) -> bool {
        self.header(IF_NONE_MATCH.as_str()).is_some_and(|tags| is_among(tag, tags))
    }

    /// A header as text; bytes that are no UTF-8 count as absent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.headers.get(name)?.as_bytes()).ok()
    }

    /// Who changes something, when, and why.
    ///
    /// # Errors
    ///
    /// 400 for a reason that is too long.
    pub(crate) fn changing(&self, action: &'static str) -> Answer<Changing> {
        let reason = self.query("reason").or_else(|| self.header(REASON)).map(str::trim);
        self.changing_because(action, reason.filter(|reason| !reason.is_empty()))
    }

    /// The same with a reason from elsewhere.
    ///
    /// # Errors
    ///
    /// As [`changing`](Self::changing).
    pub(crate) fn changing_because(
        &self,
        action: &'static str,
        reason: Option<&str>,
    ) -> Answer<Changing> {
        if reason.is_some_and(|reason| reason.len() > REASON_BYTES_MAX) {
            let message = format!("the reason is longer than {REASON_BYTES_MAX} bytes");
            return Err(Refusal::bad_request(message));
        }
        let author = self.author(reason);
        Ok(Changing { action, author, is_dry_run: self.is_switched_on("dry_run")? })
    }

    /// Who does something now.
    pub(crate) fn author(&self, reason: Option<&str>) -> Author {
        Author {
            actor: self.caller.name.clone(),
            reason: reason.map(str::to_owned),
            at_ms: now_ms(),
        }
    }

    /// The whole body, unpacked.
    ///
    /// # Errors
    ///
    /// 413 for one that is too long, 408 for one that takes too long, 400 for one that ends in
    /// the middle, 415 for a compression that is none of ours.
    pub(crate) async fn read(&self, body: Body) -> Answer<Bytes> {
        self.read_up_to(body, self.app.config.limits.body_bytes).await
    }

    /// The same with another limit.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub(crate) async fn read_up_to(&self, body: Body, bytes_max: usize) -> Answer<Bytes> {
        let time = self.app.config.limits.request_timeout;
        let packed = collect(body, bytes_max, time).await?;
        match self.header(CONTENT_ENCODING.as_str()).map(str::trim) {
            None | Some("" | "identity") => Ok(packed),
            Some("gzip") => unpack(&packed, bytes_max),
            Some(other) => {
                let message = format!("the body is packed by `{other}`");
                let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                let refusal = Refusal::new(status, "unsupported_encoding", message);
                Err(refusal.hint("send it as it is, or by `gzip`"))
            }
        }
    }
}

async fn collect(body: Body, bytes_max: usize, time: Duration) -> Answer<Bytes> {
    let collected = timeout(time, async move {
        let mut body = body;
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Refusal::bad_request("the body ends in the middle"))?;
            let Ok(bytes) = frame.into_data() else { continue };
            if all.len() + first.len() + bytes.len() > bytes_max {
                return Err(too_large(bytes_max));
            }
            if first.is_empty() && all.is_empty() {
                first = bytes;
            } else {
                all.extend_from_slice(&std::mem::take(&mut first));
                all.extend_from_slice(&bytes);
            }
        }
        Ok(if all.is_empty() { first } else { all.freeze() })
    });
    collected.await.unwrap_or_else(|_| {
        let status = StatusCode::REQUEST_TIMEOUT;
        Err(Refusal::new(status, "timeout", "the body takes too long to arrive"))
    })
}

/// Unpacks no more than it takes to see that it is too much.
fn unpack(packed: &[u8], bytes_max: usize) -> Answer<Bytes> {
    let mut unpacked = Vec::new();
    let most = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let read = GzDecoder::new(packed).take(most).read_to_end(&mut unpacked);
    if read.is_err() {
        return Err(Refusal::bad_request("the body cannot be unpacked as gzip"));
    }
    if unpacked.len() > bytes_max {
        return Err(too_large(bytes_max));
    }
    Ok(unpacked.into())
}

fn too_large(bytes_max: usize) -> Refusal {
    let message = format!("the body is longer than {bytes_max} bytes");
    let refusal = Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message);
    refusal.hint("send less at once, or raise the server's `body-bytes-max`")
}

/// Whether a tag is in a list of tags, weak or strong; `*` is every tag.
fn is_among(tag: &str, tags: &str) -> bool {
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let wanted = plain(tag);
    tags.split(',').any(|known| known.trim() == "*" || plain(known) == wanted)
}

/// The header that says why something is changed.
pub(crate) const REASON: &str = "flagkit-reason";
const REASON_BYTES_MAX: usize = 2_000;

#[cfg(test)]
mod tests;
