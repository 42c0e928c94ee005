//! Events as the bytes that go over the wire, made once for all streams.

use std::sync::Arc;

use bytes::Bytes;
use flagkit_protocol::{
    Checksum, EVENT_DELTA, EVENT_GOODBYE, EVENT_HEARTBEAT, EVENT_SNAPSHOT, Goodbye, Heartbeat,
    Part, Removed, Version,
};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use super::held::{Held, PartEdit};
use crate::json_text::quoted;

/// A whole state: as an event, and as the body that the event carries.
#[derive(Clone, Debug)]
pub(crate) struct WholeState {
    /// The number of its version.
    pub(crate) number: u64,
    /// The event.
    pub(crate) event: Bytes,
    /// What it carries.
    pub(crate) body: Bytes,
    /// The same packed, once somebody has asked for it.
    packed: Arc<OnceCell<Bytes>>,
}

impl WholeState {
    /// Everything that is held, in one allocation.
    pub(crate) fn of(held: &Held, version: &Version, environment: &str) -> Self {
        let document = held.document();
        let mut event = String::with_capacity(document.len() + environment.len() + 256);
        begin(&mut event, EVENT_SNAPSHOT, Some(version));
        let start = event.len();
        let environment = quoted(environment);
        let checksum = held.checksum();
        let head = format!(
            r#"{{"version":"{version}","environment":{environment},"checksum":"{checksum}","document":"#
        );
        event.push_str(&head);
        event.push_str(&document);
        event.push('}');
        let end = event.len();
        event.push_str("\n\n");
        let event = Bytes::from(event);
        let body = event.slice(start..end);
        Self { number: version.number, body, event, packed: Arc::default() }
    }

    /// What it carries, packed: once for all who ask.
    pub(crate) async fn packed_by(&self, pack: fn(&[u8]) -> Bytes) -> Bytes {
        let packed = self.packed.get_or_init(|| async {
            let body = self.body.clone();
            spawn_blocking(move || pack(&body)).await.unwrap_or_default()
        });
        packed.await.clone()
    }
}

/// What changed since the version before.
pub(crate) fn delta(
    (from, version, checksum): (u64, &Version, Checksum),
    document: &str,
    edits: &[PartEdit],
) -> Bytes {
    let mut event = String::with_capacity(document.len() + 192);
    begin(&mut event, EVENT_DELTA, Some(version));
    let head = format!(
        r#"{{"from":{from},"version":"{version}","checksum":"{checksum}","document":{document}"#
    );
    event.push_str(&head);
    let gone = |part: Part| {
        let of_kind = edits.iter().filter(move |edit| edit.part == part && edit.json.is_none());
        of_kind.map(|edit| edit.key.as_ref().into()).collect()
    };
    let removed = Removed { flags: gone(Part::Flag), segments: gone(Part::Segment) };
    if !removed.is_empty() {
        event.push_str(r#","removed":"#);
        event.push_str(&json(&removed));
    }
    event.push_str("}\n\n");
    event.into()
}

/// The connection lives.
pub(crate) fn heartbeat(heartbeat: &Heartbeat) -> Bytes {
    plain(EVENT_HEARTBEAT, &json(heartbeat))
}

/// The stream ends.
pub(crate) fn goodbye(spread_ms: u64) -> Bytes {
    plain(EVENT_GOODBYE, &json(&Goodbye { spread_ms }))
}

/// An event without id.
pub(crate) fn plain(name: &str, json: &str) -> Bytes {
    whole(name, None, json)
}

/// An event whose id is a version.
pub(crate) fn with_id(name: &str, id: &Version, json: &str) -> Bytes {
    whole(name, Some(id), json)
}

fn whole(name: &str, id: Option<&Version>, json: &str) -> Bytes {
    let mut event = String::with_capacity(name.len() + json.len() + 64);
    begin(&mut event, name, id);
    event.push_str(json);
    event.push_str("\n\n");
    event.into()
}

// INVARIANT: JSON that is sent has no line ends between its tokens, and in texts they are
// escaped, so one line of `data` holds it.
fn begin(event: &mut String, name: &str, id: Option<&Version>) {
    event.push_str("event: ");
    event.push_str(name);
    if let Some(id) = id {
        event.push_str("\nid: ");
        event.push_str(&id.to_string());
    }
    event.push_str("\ndata: ");
}

fn json(message: &impl serde::Serialize) -> String {
    // Of numbers and texts alone; there is nothing in it that JSON cannot say.
    serde_json::to_string(message).unwrap_or_default()
}

#[cfg(test)]
mod tests;
