//! When to ask again: a stream for clients that cannot send a key with it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use flagkit_protocol::Version;
use http::{HeaderMap, Method, Uri};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::app::App;
use crate::live::{Live, Signal, event};
use crate::model::KeyId;
use crate::refusal::{Answer, Refusal};
use crate::routes::page::Page;
use crate::routes::stream::{Events, respond};
use crate::routes::table::Route;
use crate::world::now_ms;

pub(super) fn routes() -> Vec<Route> {
    let page = Page::new("ofrepEvents", "ofrep", "Says when to evaluate all flags again")
        .query("token", "What the bulk evaluation said; it opens nothing else")
        .gives_any(200, "text/event-stream", "`refetchEvaluation` after each change");
    vec![Route::new((Method::GET, PATH), None, get, page).for_pages()]
}

/// What the address says.
#[derive(Default, Deserialize)]
struct Address {
    #[serde(default)]
    token: String,
}

async fn get(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let address = serde_urlencoded::from_str(uri.query().unwrap_or_default());
    let Address { token } = address.unwrap_or_default();
    let all = app.environments.all();
    let Some(live) = all.into_iter().find(|live| self::token(live) == token) else {
        let refusal = Refusal::unauthorized("the token of the stream is not good");
        return Err(refusal.hint("evaluate all flags again: the answer has a new one"));
    };
    // Nobody's key is known here; the streams of an environment are counted together.
    let place = app.streams.take(KeyId(u64::MAX - live.id.0))?;
    let last = headers.get("last-event-id").and_then(|last| last.to_str().ok());
    let known = last.and_then(|last| last.parse::<Version>().ok());
    let mut signal = live.subscribe();
    let is_behind = known.is_some_and(|known| known != live.version());
    if is_behind {
        signal.mark_changed();
    }
    let every = app.config.streams.heartbeat;
    Ok(respond(Refetches { live, signal, every, is_over: false }, place))
}

/// Opens the stream of an environment and nothing else. Whoever may evaluate its flags learns it;
/// what the stream says, they could find out by asking again and again.
pub(super) fn token(live: &Live) -> String {
    let digest = Sha256::digest(format!("ofrep events of {}", live.epoch()));
    URL_SAFE_NO_PAD.encode(digest.get(..TOKEN_BYTES).unwrap_or_default())
}

/// Says after each change that there was one.
struct Refetches {
    live: Arc<Live>,
    signal: watch::Receiver<Signal>,
    every: Duration,
    is_over: bool,
}

impl Events for Refetches {
    async fn next(&mut self) -> Option<Bytes> {
        if self.is_over {
            return None;
        }
        match timeout(self.every, self.signal.changed()).await {
            Err(_) => Some(Bytes::from_static(COMMENT)),
            Ok(Err(_)) => None,
            Ok(Ok(())) => {
                let signal = *self.signal.borrow_and_update();
                if signal.goodbye_ms.is_some() {
                    // A browser comes back by itself, and this tells it not at once.
                    self.is_over = true;
                    let retry = signal.goodbye_ms.unwrap_or_default().max(RETRY_MIN_MS);
                    return Some(format!("retry: {retry}\n\n").into());
                }
                Some(self.refetch(signal.number))
            }
        }
    }
}

impl Refetches {
    fn refetch(&self, number: u64) -> Bytes {
        let version = self.live.version_of(number);
        let tag = format!("\"{version}\"");
        let said =
            json!({ "type": "refetchEvaluation", "etag": tag, "lastModified": now_ms() / 1_000 });
        event::with_id("message", &version, &said.to_string())
    }
}

pub(super) const PATH: &str = "/ofrep/v1/events";
const COMMENT: &[u8] = b": \n\n";
const TOKEN_BYTES: usize = 16;
const RETRY_MIN_MS: u64 = 1_000;
