//! Buckets: where an id falls in a percentage, and which variant it picks.

use md5::{Digest, Md5};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::{Scene, attribute::attribute};

/// What is hashed, and how: of a flag, of one rule's own rollout, or of a segment.
#[derive(Clone, Debug)]
pub(crate) struct Bucketing {
    pub(crate) hash: String,
    pub(crate) salt: String,
    pub(crate) bucket_by: String,
}

impl Bucketing {
    pub(crate) fn of_flag(document: &Value, name: &str, flag: &Value) -> Self {
        let hash = flag["hash"].as_str().or(document["hash"].as_str()).unwrap_or("md5");
        Self {
            hash: hash.to_owned(),
            salt: flag["salt"].as_str().unwrap_or(name).to_owned(),
            bucket_by: flag["bucket_by"].as_str().unwrap_or("user_id").to_owned(),
        }
    }

    pub(crate) fn of_segment(document: &Value, name: &str, segment: &Value) -> Self {
        Self {
            hash: document["hash"].as_str().unwrap_or("md5").to_owned(),
            salt: name.to_owned(),
            bucket_by: segment["bucket_by"].as_str().unwrap_or("user_id").to_owned(),
        }
    }

    pub(crate) fn salted(&self, salt: String) -> Self {
        Self { salt, ..self.clone() }
    }

    /// The text that is bucketed, looked up and listed: `anonymous` where there is none.
    pub(crate) fn id(&self, scene: &Scene<'_>) -> String {
        attribute(scene, &self.bucket_by).map_or_else(|| "anonymous".to_owned(), |id| id_text(&id))
    }

    pub(crate) fn is_inside(&self, id: &str, percentage: f64) -> bool {
        if percentage >= 100.0 {
            return true;
        }
        if percentage <= 0.0 {
            return false;
        }
        self.bucket(&format!("{}:{id}", self.salt)) / 100.0 < percentage
    }

    /// The variant whose share of the running sum the id falls into.
    pub(crate) fn pick(&self, id: &str, weights: &[(String, f64)]) -> Option<String> {
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        if total <= 0.0 {
            return None;
        }
        let pick = self.bucket(&format!("{}:variant:{id}", self.salt)) / 10_000.0;
        let mut sum = 0.0;
        for (name, weight) in weights {
            sum += weight / total;
            if pick < sum {
                return Some(name.clone());
            }
        }
        let last = weights.iter().rfind(|(_, weight)| *weight > 0.0);
        last.map(|(name, _)| name.clone())
    }

    /// A whole number from 0 to 9999.
    fn bucket(&self, text: &str) -> f64 {
        let bucket = match self.hash.as_str() {
            "xxh3" => u128::from(xxh3_64(text.as_bytes())) % 10_000,
            _ => md5_modulo(text, 10_000),
        };
        small(bucket)
    }
}

/// The whole MD5 digest as one big-endian number, modulo `modulus`.
pub(crate) fn md5_modulo(text: &str, modulus: u128) -> u128 {
    u128::from_be_bytes(Md5::digest(text.as_bytes()).into()) % modulus
}

pub(crate) fn id_text(id: &Value) -> String {
    match id {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "buckets are below 10,000")]
pub(crate) fn small(bucket: u128) -> f64 {
    bucket as f64
}

#[cfg(test)]
mod tests;
