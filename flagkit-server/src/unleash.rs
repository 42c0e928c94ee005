//! Flags for Unleash's SDKs.
//!
//! An environment that holds a document of Unleash serves that, untouched. Other flags are said
//! as Unleash's features where that can be done exactly: a feature is written, read again as
//! Unleash reads it, and compared with the flag. What does not come back the same is left out,
//! and why is told.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use flagkit_core::document::{Condition, Flag};
use flagkit_core::{Context, Document};
use flagkit_dialects::{Dialect, Settings, decode, unleash};
use serde_json::{Value, json};

use crate::contexts;
use crate::live::Live;
use crate::refusal::{Answer, Refusal};

mod document;
mod normal;
mod payload;
mod reading;
mod side;
mod writing;

use normal::Beside;
pub(crate) use payload::served;
pub(crate) use side::{Side, Sides};

/// Everything that Unleash's SDKs get of an environment, at one version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Features {
    /// The number of the version.
    pub(crate) number: u64,
    /// Which version of the document this is; it changes whenever the document does.
    pub(crate) tag: String,
    /// The document of the vendor, where it can be served untouched.
    kept: Option<Arc<str>>,
    by_name: BTreeMap<String, Arc<str>>,
    segments: BTreeMap<i64, Arc<str>>,
    /// Flags that cannot be said, and why.
    pub(crate) left_out: Vec<(String, String)>,
}

/// What an environment says to Unleash's SDKs now.
pub(crate) fn features(live: &Live) -> Features {
    let (kept, native, contexts, number) = live.read(|content, number| {
        let kept = match content.dialect {
            Dialect::Unleash => content.document.clone(),
            _ => None,
        };
        let native = kept.is_none().then(|| content.held.document());
        (kept, native.unwrap_or_default(), content.contexts, number)
    });
    let version = live.version_of(number);
    if let Some(kept) = kept {
        let tag = format!("\"{}:{}\"", version.epoch, kept.revision);
        return document::features(&kept.text, number, tag);
    }
    let mut features = match contexts {
        Dialect::Native | Dialect::Unleash => {
            let settings =
                Settings { environment: Some(live.key.to_string()), ..Settings::default() };
            let document = decode(Dialect::Native, &native, &settings);
            let document = document.map(|decoded| decoded.document).unwrap_or_default();
            lower(&document, names_of_users(contexts))
        }
        vendor => none_of(vendor, live),
    };
    features.number = number;
    features.tag = format!("\"{version}\"");
    features
}

/// What flags call the user whose contexts are in the words of this dialect.
fn names_of_users(contexts: Dialect) -> &'static [&'static str] {
    match contexts {
        Dialect::Unleash => &[],
        _ => &NATIVE_NAMES_OF_USERS,
    }
}

/// Flags whose contexts are another vendor's have nothing to say to those of Unleash.
fn none_of(vendor: Dialect, live: &Live) -> Features {
    let snapshot = live.snapshot();
    let why = format!("it expects contexts as {vendor} has them");
    let mut left_out: Vec<(String, String)> =
        snapshot.flags().map(|flag| (flag.key().to_owned(), why.clone())).collect();
    left_out.sort();
    Features { left_out, ..Features::default() }
}

/// Says the flags of a document as features, as far as that can be done exactly.
fn lower(document: &Document, names_of_users: &[&str]) -> Features {
    let segments: HashMap<&str, &Condition> =
        document.segments.iter().map(|segment| (&*segment.key, &segment.when)).collect();
    let beside = Beside { segments: &segments, names_of_users };
    let mut features = Features::default();
    let mut said: BTreeMap<&str, (reading::Feature, Value)> = BTreeMap::new();
    for flag in &document.flags {
        let read = reading::feature(flag, beside);
        match read.and_then(|feature| Ok((writing::feature(&feature)?, feature))) {
            Ok((json, feature)) => {
                said.insert(&flag.key, (feature, json));
            }
            Err(why) => features.left_out.push((flag.key.clone(), why)),
        }
    }
    leave_out_orphans(&mut said, &mut features.left_out);
    for key in different(&said) {
        said.remove(key);
        let why = "Unleash's SDKs would not read it as it is".to_owned();
        features.left_out.push((key.to_owned(), why));
    }
    leave_out_orphans(&mut said, &mut features.left_out);
    let texts = said.into_iter().map(|(key, (_, json))| (key.to_owned(), json.to_string().into()));
    features.by_name = texts.collect();
    features.left_out.sort();
    features
}

/// Leaves out features whose parent is not there or has a parent itself, which Unleash's SDKs do
/// not follow.
fn leave_out_orphans(
    said: &mut BTreeMap<&str, (reading::Feature, Value)>,
    left_out: &mut Vec<(String, String)>,
) {
    loop {
        let can_be_parent =
            |key: &str| said.get(key).is_some_and(|(parent, _)| parent.parents.is_empty());
        let orphan = said.iter().find_map(|(key, (feature, _))| {
            let parent = feature.parents.iter().find(|parent| !can_be_parent(parent))?;
            Some(((*key).to_owned(), parent.clone()))
        });
        let Some((key, parent)) = orphan else { return };
        said.remove(key.as_str());
        let why = format!("it needs `{parent}`, which is left out or needs another flag itself");
        left_out.push((key, why));
    }
}

/// The features that are not read as they were written.
fn different<'k>(said: &BTreeMap<&'k str, (reading::Feature, Value)>) -> HashSet<&'k str> {
    let all: Vec<&Value> = said.values().map(|(_, json)| json).collect();
    let text = json!({ "version": 2, "features": all, "segments": [] }).to_string();
    let again = decode(Dialect::Unleash, &text, &Settings::default());
    let again = again.map(|decoded| decoded.document.flags).unwrap_or_default();
    let again: HashMap<&str, &Flag> = again.iter().map(|flag| (&*flag.key, flag)).collect();
    let segments = HashMap::new();
    let beside = Beside { segments: &segments, names_of_users: &[] };
    let is_same = |key: &str, feature: &reading::Feature| {
        let read = again.get(key).map(|flag| reading::feature(flag, beside));
        read.is_some_and(|read| read.as_ref() == Ok(feature))
    };
    let all = said.iter().filter(|(key, (feature, _))| !is_same(key, feature));
    all.map(|(key, _)| *key).collect()
}

impl Features {
    /// The whole document.
    pub(crate) fn document(&self) -> String {
        if let Some(kept) = &self.kept {
            return kept.to_string();
        }
        let features = joined(self.by_name.values());
        let segments = joined(self.segments.values());
        format!(r#"{{"version":2,"features":[{features}],"segments":[{segments}]}}"#)
    }
}

fn joined<'t>(texts: impl Iterator<Item = &'t Arc<str>>) -> String {
    texts.map(|text| &**text).collect::<Vec<_>>().join(",")
}

/// A context in Unleash's words, for flags of this dialect.
///
/// In native flags the user is `userId` and nothing else, as it is in what Unleash's SDKs get of
/// these flags.
///
/// # Errors
///
/// 400 for what is no context.
pub(crate) fn context(dialect: Dialect, json: &Value) -> Answer<Context> {
    let invalid = |problem: String| {
        Refusal::bad_request(format!("the context cannot be used: {problem}")).path("context")
    };
    let mut words = json.clone();
    let names = names_of_users(dialect);
    if let Some(fields) = words.as_object_mut() {
        fields.retain(|name, _| !names.contains(&&**name));
        if let Some(properties) = fields.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| !names.contains(&&**name));
        }
    }
    match dialect {
        Dialect::Unleash | Dialect::Native => {
            unleash::context(&words).map_err(|error| invalid(error.to_string()))
        }
        vendor => contexts::read_flat(vendor, &flat(&words)),
    }
}

/// The same context in OpenFeature's words.
fn flat(words: &Value) -> Value {
    let mut flat = serde_json::Map::new();
    if let Some(fields) = words.as_object() {
        let properties = fields.get("properties").and_then(Value::as_object);
        flat.extend(properties.cloned().unwrap_or_default());
        let own = fields.iter().filter(|(name, _)| *name != "properties");
        flat.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    }
    if let Some(user) = flat.get("userId").cloned() {
        flat.insert("targetingKey".to_owned(), user);
    }
    Value::Object(flat)
}

/// What native flags call the user; in contexts of Unleash these are attributes like any other.
const NATIVE_NAMES_OF_USERS: [&str; 2] = ["user_id", "targetingKey"];

#[cfg(test)]
mod tests;
