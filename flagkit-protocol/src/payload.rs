//! Flags on their way: all of them, or what changed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::checksum::{Checksum, Part};
use crate::version::Version;

/// All flags of an environment.
///
/// ```
/// use flagkit_protocol::Snapshot;
///
/// let data = r#"{"version":"k3v9:12","environment":"production","checksum":"0000000000000000",
///                "document":{"schema":"flagkit/1","flags":{"beta":{"enabled":true}}}}"#;
/// let snapshot: Snapshot<'_> = serde_json::from_str(data)?;
/// assert_eq!(snapshot.version.number, 12);
/// assert_ne!(snapshot.document()?.checksum(), snapshot.checksum);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "these fields are the protocol")]
pub struct Snapshot<'a> {
    /// Which state this is.
    pub version: Version,
    /// The name of the environment.
    #[serde(borrow)]
    pub environment: Cow<'a, str>,
    /// Of everything in the document.
    pub checksum: Checksum,
    /// A native document as text.
    #[serde(borrow)]
    pub document: &'a RawValue,
}

/// What changed since another state.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "these fields are the protocol")]
pub struct Delta<'a> {
    /// The state that this builds on, of the same epoch; it may be several changes back.
    pub from: u64,
    /// Which state this leads to.
    pub version: Version,
    /// Of everything in the whole document after the change.
    pub checksum: Checksum,
    /// A native document of the flags and segments that are new or different, with all settings
    /// at its top.
    #[serde(borrow)]
    pub document: &'a RawValue,
    /// What is gone.
    #[serde(borrow, default, skip_serializing_if = "Removed::is_empty")]
    pub removed: Removed<'a>,
}

/// Keys of what is gone.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "these fields are the protocol")]
pub struct Removed<'a> {
    /// Keys of flags.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Cow<'a, str>>,
    /// Keys of segments.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Cow<'a, str>>,
}

impl Removed<'_> {
    /// Whether nothing is gone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty() && self.segments.is_empty()
    }
}

impl<'a> Snapshot<'a> {
    /// The document in its parts.
    ///
    /// # Errors
    ///
    /// A document that is no object, or has flags or segments that are none.
    pub fn document(&self) -> serde_json::Result<Document<'a>> {
        Document::parse(self.document.get())
    }
}

impl<'a> Delta<'a> {
    /// The document in its parts.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::document`].
    pub fn document(&self) -> serde_json::Result<Document<'a>> {
        Document::parse(self.document.get())
    }
}

/// A native document in its parts, each as the bytes that were sent.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "these fields are the protocol")]
pub struct Document<'a> {
    /// Everything at the top but the following, by its key: `schema`, `environment`.
    pub settings: BTreeMap<String, &'a RawValue>,
    /// Segments by key.
    pub segments: BTreeMap<String, &'a RawValue>,
    /// Flags by key.
    pub flags: BTreeMap<String, &'a RawValue>,
}

impl<'a> Document<'a> {
    /// Takes a document apart; of a key that is there twice, the last counts.
    ///
    /// # Errors
    ///
    /// Text that is no JSON object, or whose flags or segments are none.
    pub fn parse(json: &'a str) -> serde_json::Result<Self> {
        let mut settings: BTreeMap<String, &'a RawValue> = serde_json::from_str(json)?;
        let mut take = |key| match settings.remove(key) {
            Some(parts) => serde_json::from_str(parts.get()),
            None => Ok(BTreeMap::new()),
        };
        let (segments, flags) = (take("segments")?, take("flags")?);
        Ok(Self { settings, segments, flags })
    }

    /// Every part with its kind and key.
    pub fn parts(&self) -> impl Iterator<Item = (Part, &str, &'a str)> {
        let settings = self.settings.iter().map(|part| (Part::Setting, part));
        let segments = self.segments.iter().map(|part| (Part::Segment, part));
        let flags = self.flags.iter().map(|part| (Part::Flag, part));
        settings.chain(segments).chain(flags).map(|(part, (key, json))| (part, &**key, json.get()))
    }

    /// The checksum of all parts.
    #[must_use]
    pub fn checksum(&self) -> Checksum {
        let mut sum = Checksum::default();
        for (part, key, json) in self.parts() {
            sum.insert(part, key, json);
        }
        sum
    }

    /// The document as compact JSON, if its parts are: settings first, flags last.
    ///
    /// # Errors
    ///
    /// None in practice: the parts are JSON already.
    pub fn to_json(&self) -> serde_json::Result<Box<RawValue>> {
        serde_json::value::to_raw_value(self)
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, json) in &self.settings {
            map.serialize_entry(key, json)?;
        }
        if !self.segments.is_empty() {
            map.serialize_entry("segments", &self.segments)?;
        }
        map.serialize_entry("flags", &self.flags)?;
        map.end()
    }
}

#[cfg(test)]
mod tests;
