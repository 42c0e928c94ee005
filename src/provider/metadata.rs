//! What answers carry beside their value: the flag's own metadata, and which flags answered.

use flagkit_client::FlagSet;
use flagkit_core::Value;
use open_feature::{FlagMetadata, FlagMetadataValue};

use crate::details::Details;

/// The flag's metadata with `flagSetId`, `version` and `rule` as far as they are known.
///
/// OpenFeature's metadata is flat. Lists, objects and integers beyond 64 bits are compact JSON;
/// what is null is left out.
pub(super) fn of<T>(found: &Details<T>, set: &FlagSet) -> FlagMetadata {
    let mut metadata = FlagMetadata::default();
    for (name, value) in found.metadata.iter().flat_map(|own| own.iter()) {
        if let Some(value) = flat(value) {
            metadata.add_value(name, value);
        }
    }
    if let Some(environment) = &set.environment {
        metadata.add_value("flagSetId", &**environment);
    }
    let own = metadata.values.remove("version");
    let version = set.version.as_ref().map(|version| version.to_string().into());
    let counted = || found.flag_version.or(set.revision).map(|number| number.to_string().into());
    if let Some(version) = version.or(own).or_else(counted) {
        metadata.add_value("version", version);
    }
    if let Some(rule) = &found.rule {
        metadata.add_value("rule", &**rule);
    }
    metadata
}

fn flat(value: &Value) -> Option<FlagMetadataValue> {
    Some(match value {
        Value::Null => return None,
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(text) => (&**text).into(),
        other => other.to_string().into(),
    })
}
