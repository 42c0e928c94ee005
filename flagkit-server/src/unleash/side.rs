//! What an environment's Unleash clients get: the features, and what changed, made once for all
//! of them when the first one asks.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::value::RawValue;
use tokio::task::spawn_blocking;

use super::{Features, features};
use crate::json_text::quoted;
use crate::live::Live;
use crate::live::event::plain;
use crate::live::ring::Ring;
use crate::model::EnvironmentId;

/// One for each environment that has clients.
#[derive(Debug, Default)]
pub(crate) struct Sides(Mutex<HashMap<EnvironmentId, Arc<Side>>>);

/// The Unleash side of one environment.
#[derive(Debug)]
pub(crate) struct Side {
    live: Arc<Live>,
    state: tokio::sync::Mutex<State>,
}

#[derive(Debug)]
struct State {
    features: Option<Arc<Features>>,
    updates: Ring,
}

impl Sides {
    /// That of an environment.
    pub(crate) fn of(&self, live: &Arc<Live>) -> Arc<Side> {
        let mut sides = self.0.lock();
        let side = sides.entry(live.id).or_insert_with(|| {
            let state = State { features: None, updates: Ring::new(UPDATES_MAX) };
            Arc::new(Side { live: live.clone(), state: tokio::sync::Mutex::new(state) })
        });
        side.clone()
    }

    /// Forgets environments that are gone.
    pub(crate) fn keep(&self, is_there: impl Fn(EnvironmentId) -> bool) {
        self.0.lock().retain(|id, _| is_there(*id));
    }
}

impl Side {
    /// The features as they are now.
    pub(crate) async fn features(&self) -> Arc<Features> {
        self.state.lock().await.current(&self.live).await
    }

    /// The events that lead from a version to the current one, and that one's number; everything,
    /// where they are not all known or there is no version.
    pub(crate) async fn events_since(&self, from: Option<u64>) -> (Vec<Bytes>, u64) {
        let mut state = self.state.lock().await;
        let features = state.current(&self.live).await;
        let updates = from.and_then(|from| state.updates.since(from, features.number));
        let events = updates.unwrap_or_else(|| vec![features.hydration()]);
        (events, features.number)
    }

    /// The same as one JSON document, for clients that ask now and then; none where there is
    /// nothing new.
    pub(crate) async fn delta_since(&self, from: Option<u64>) -> (Option<String>, u64) {
        let (events, number) = self.events_since(from).await;
        let lists = events.iter().map(listed).filter(|list| !list.is_empty());
        let list = lists.collect::<Vec<_>>().join(",");
        ((!list.is_empty()).then(|| format!("{OPEN}{list}{CLOSE}")), number)
    }
}

impl State {
    /// The features now; what is different from before is noted.
    async fn current(&mut self, live: &Arc<Live>) -> Arc<Features> {
        let number = live.version().number;
        if let Some(known) = self.features.as_ref().filter(|known| known.number >= number) {
            return known.clone();
        }
        let reader = live.clone();
        let read = spawn_blocking(move || features(&reader)).await.unwrap_or_default();
        let read = Arc::new(read);
        if let Some(old) = &self.features {
            self.updates.push(old.number, read.update_from(old));
        }
        if self.features.as_ref().is_none_or(|old| old.left_out != read.left_out) {
            for (flag, why) in read.left_out.iter().take(TOLD_MAX) {
                tracing::warn!(environment = %live.key, flag, why, "not served to Unleash's SDKs");
            }
        }
        self.features = Some(read.clone());
        read
    }
}

impl Features {
    /// Everything, as the first event of a stream.
    fn hydration(&self) -> Bytes {
        let features = super::joined(self.by_name.values());
        let segments = super::joined(self.segments.values());
        let id = event_id(self.number, 0);
        plain(
            "unleash-connected",
            &format!(
                r#"{OPEN}{{"eventId":{id},"type":"hydration","features":[{features}],"segments":[{segments}]}}{CLOSE}"#
            ),
        )
    }

    /// What is different from what was before.
    fn update_from(&self, old: &Self) -> Bytes {
        let mut events: Vec<String> = Vec::new();
        for (id, segment) in &self.segments {
            if old.segments.get(id) != Some(segment) {
                events.push(format!(r#""type":"segment-updated","segment":{segment}"#));
            }
        }
        for (name, feature) in &self.by_name {
            if old.by_name.get(name) != Some(feature) {
                events.push(format!(r#""type":"feature-updated","feature":{feature}"#));
            }
        }
        for name in old.by_name.keys().filter(|name| !self.by_name.contains_key(*name)) {
            let (name, project) = (quoted(name), quoted(&project(old, name)));
            events.push(format!(
                r#""type":"feature-removed","featureName":{name},"project":{project}"#
            ));
        }
        for id in old.segments.keys().filter(|id| !self.segments.contains_key(*id)) {
            events.push(format!(r#""type":"segment-removed","segmentId":{id}"#));
        }
        let events = events.iter().zip(1..).map(|(event, place)| {
            format!(r#"{{"eventId":{},{event}}}"#, event_id(self.number, place))
        });
        let events: Vec<String> = events.collect();
        plain("unleash-updated", &format!("{OPEN}{}{CLOSE}", events.join(",")))
    }
}

/// What an event of the stream lists, without the brackets.
fn listed(event: &Bytes) -> &str {
    let event = std::str::from_utf8(event).unwrap_or_default();
    let list = event.split_once(OPEN).and_then(|(_, rest)| rest.rsplit_once(CLOSE));
    list.map_or("", |(list, _)| list)
}

/// The project that a feature says it belongs to.
fn project(features: &Features, name: &str) -> String {
    let feature = features.by_name.get(name);
    let feature = feature.and_then(|json| serde_json::from_str::<&RawValue>(json).ok());
    let entries = feature.and_then(crate::json_text::Entries::of);
    let entries = entries.map(|entries| entries.0).unwrap_or_default();
    let project = entries.iter().find(|(key, _)| key == "project");
    let project = project.and_then(|(_, project)| serde_json::from_str(project.get()).ok());
    project.unwrap_or_else(|| "default".to_owned())
}

/// Grows from event to event, and is exact as a number of JavaScript.
fn event_id(number: u64, place: u64) -> u64 {
    (number << PLACE_BITS) + place.min((1 << PLACE_BITS) - 1)
}

/// Around the events in a message.
const OPEN: &str = r#"{"events":["#;
const CLOSE: &str = "]}";
const PLACE_BITS: u32 = 16;
const UPDATES_MAX: usize = 100;
const TOLD_MAX: usize = 20;
