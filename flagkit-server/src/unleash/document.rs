//! A document of Unleash as it was imported.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Features;
use crate::json_text::compact;

/// Whole states, or events that lead to one.
#[derive(Deserialize)]
struct Kept<'a> {
    #[serde(borrow, default)]
    features: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    segments: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    events: Option<Vec<KeptEvent<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    features: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    segments: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    feature: Option<&'a RawValue>,
    #[serde(borrow, default)]
    segment: Option<&'a RawValue>,
    #[serde(borrow, default)]
    feature_name: Option<Cow<'a, str>>,
    #[serde(default)]
    segment_id: Option<i64>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Numbered {
    id: i64,
}

/// The features of a document; its text is served untouched where it is a whole state.
pub(super) fn features(text: &Arc<str>, number: u64, tag: String) -> Features {
    let mut features = Features { number, tag, ..Features::default() };
    // What is no JSON is YAML, which SDKs do not read.
    let Ok(kept) = serde_json::from_str::<Kept<'_>>(text) else { return features };
    if let Some(all) = kept.features {
        features.kept = Some(text.clone());
        features.put(&all, &kept.segments.unwrap_or_default());
        return features;
    }
    for event in kept.events.unwrap_or_default() {
        match &*event.kind {
            "hydration" => {
                features.by_name.clear();
                features.segments.clear();
                features.put(&event.features, &event.segments);
            }
            "feature-removed" => {
                event.feature_name.map(|name| features.by_name.remove(&*name));
            }
            "segment-removed" => {
                event.segment_id.map(|id| features.segments.remove(&id));
            }
            _ => {
                let (feature, segment) = (event.feature, event.segment);
                features.put(feature.as_slice(), segment.as_slice());
            }
        }
    }
    features
}

impl Features {
    fn put(&mut self, features: &[&RawValue], segments: &[&RawValue]) {
        for feature in features {
            if let Ok(Named { name }) = serde_json::from_str(feature.get()) {
                self.by_name.insert(name, compact(feature).into());
            }
        }
        for segment in segments {
            if let Ok(Numbered { id }) = serde_json::from_str(segment.get()) {
                self.segments.insert(id, compact(segment).into());
            }
        }
    }
}
