//! Answers in Unleash's own shape: `isEnabled` and `getVariant`.

use std::sync::Arc;

use flagkit_core::{Ambient, Attributes, Resolution, Snapshot, Structure, Value};
use serde_json::{Value as Json, json};

/// What `isEnabled` says: unknown and broken flags are off.
pub fn is_enabled<C: Attributes + ?Sized>(
    snapshot: &Snapshot,
    flag: &str,
    context: &C,
    ambient: &dyn Ambient,
) -> bool {
    let found = snapshot.resolve(flag, context, ambient, &mut ());
    found.is_ok_and(|found| found.is_enabled())
}

/// What `getVariant` says.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ServedVariant<'s> {
    /// The variant's name; `disabled` if there is none.
    pub name: &'s str,
    /// Whether there is a variant.
    pub enabled: bool,
    /// Whether the flag is on, with or without a variant.
    pub feature_enabled: bool,
    /// What the variant carries.
    pub payload: Option<Payload<'s>>,
}

/// What a variant carries: text, and what kind of text that is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Payload<'s> {
    /// `string`, `json`, `csv` or `number`, as the document says it.
    pub kind: &'s str,
    /// The text.
    pub value: &'s str,
}

/// What `getVariant` says: unknown and broken flags have the variant `disabled`.
///
/// ```
/// use flagkit_core::{compile, Context, Fixed, Timestamp};
/// use flagkit_dialects::{decode, unleash, Dialect, Settings};
///
/// let text = r#"{ "version": 2, "features": [
///     { "name": "header", "enabled": true, "strategies": [], "variants": [
///         { "name": "green", "weight": 1, "payload": { "type": "string", "value": "0f0" } }
///     ] }
/// ] }"#;
/// let document = decode(Dialect::Unleash, text, &Settings::default())?.document;
/// let snapshot = compile(document).snapshot;
/// let world = Fixed::at(Timestamp::EPOCH);
/// let served = unleash::variant(&snapshot, "header", &Context::new("u-7"), &world);
/// assert_eq!((served.name, served.payload.map(|payload| payload.value)), ("green", Some("0f0")));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
pub fn variant<'s, C: Attributes + ?Sized>(
    snapshot: &'s Snapshot,
    flag: &str,
    context: &C,
    ambient: &dyn Ambient,
) -> ServedVariant<'s> {
    let found = snapshot.resolve(flag, context, ambient, &mut ());
    let Some(found) = found.ok().filter(Resolution::is_enabled) else {
        return ServedVariant::NONE;
    };
    match found.variant() {
        None => ServedVariant { feature_enabled: true, ..ServedVariant::NONE },
        Some(name) => {
            let payload = found.variant_metadata().and_then(|metadata| payload(metadata));
            ServedVariant { name, enabled: true, feature_enabled: true, payload }
        }
    }
}

impl ServedVariant<'_> {
    const NONE: ServedVariant<'static> =
        ServedVariant { name: "disabled", enabled: false, feature_enabled: false, payload: None };

    /// The same as Unleash's SDKs write it in JSON.
    pub fn to_json(&self) -> Json {
        let mut json = json!({
            "name": self.name,
            "enabled": self.enabled,
            "feature_enabled": self.feature_enabled,
        });
        if let (Some(payload), Some(fields)) = (self.payload, json.as_object_mut()) {
            let payload = json!({ "type": payload.kind, "value": payload.value });
            fields.insert("payload".to_owned(), payload);
        }
        json
    }
}

/// The payload as a variant's metadata keeps it.
pub(super) fn metadata(kind: &str, value: &Arc<str>) -> Arc<Structure> {
    let value = Value::String(value.clone());
    let entries = [(PAYLOAD_TYPE, Value::from(kind)), (PAYLOAD_VALUE, value)];
    Arc::new(entries.into_iter().collect())
}

fn payload(metadata: &Structure) -> Option<Payload<'_>> {
    let kind = metadata.get(PAYLOAD_TYPE)?.as_str()?;
    let value = metadata.get(PAYLOAD_VALUE)?.as_str()?;
    Some(Payload { kind, value })
}

const PAYLOAD_TYPE: &str = "payloadType";
const PAYLOAD_VALUE: &str = "payloadValue";
