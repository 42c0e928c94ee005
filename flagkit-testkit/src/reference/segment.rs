//! Segments: exclusions first, then inclusions, then conditions.

use serde_json::Value;

use super::bucket::{Bucketing, id_text};
use super::{Scene, condition, document};

/// Whether the context is in the segment; without conditions only those included are.
pub(crate) fn holds(scene: &Scene<'_>, name: &str) -> bool {
    let Some(segment) = document::segment(scene.document, name) else {
        return false;
    };
    let bucketing = Bucketing::of_segment(scene.document, name, segment);
    let id = bucketing.id(scene);
    if lists(&segment["exclude"], &id) {
        return false;
    }
    if lists(&segment["include"], &id) {
        return true;
    }
    let results = condition::results(scene, segment, &bucketing);
    if segment["match_type"] == "any" {
        results.contains(&true)
    } else {
        !results.is_empty() && !results.contains(&false)
    }
}

fn lists(ids: &Value, id: &str) -> bool {
    ids.as_array().is_some_and(|ids| ids.iter().any(|listed| id_text(listed) == id))
}
