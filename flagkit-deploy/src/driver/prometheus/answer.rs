//! Answers of Prometheus's HTTP interface, read.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::driver::http::{Answer, is_temporary};
use crate::order::Failure;
use crate::time::Time;

/// One series of a range query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    pub(super) labels: BTreeMap<String, String>,
    /// In the order of time. Without NaN and infinities, which are no numbers of anything.
    pub(super) points: Vec<(Time, f64)>,
}

/// As it is sent.
#[derive(Deserialize)]
struct Body {
    status: String,
    #[serde(default)]
    error: String,
    data: Option<Found>,
}

#[derive(Deserialize)]
struct Found {
    result: Vec<Matrix>,
}

#[derive(Deserialize)]
struct Matrix {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

/// The series of an answer.
///
/// A query that Prometheus cannot read will not be read later either; everything else may pass.
pub(super) fn read(answer: &Answer) -> Result<Vec<Series>, Failure> {
    let Ok(body) = serde_json::from_slice::<Body>(&answer.body) else {
        let shown = answer.excerpt();
        let message =
            format!("Prometheus answered {} and not as Prometheus does: {shown}", answer.status);
        return Err(
            if answer.is_success() || is_temporary(answer.status) || answer.status == 404 {
                Failure::transient(message)
            } else {
                Failure::permanent(message)
            },
        );
    };
    if body.status != "success" {
        let message = format!("Prometheus answered {}: {}", answer.status, body.error);
        return Err(match answer.status {
            400 => Failure::permanent(message),
            _ => Failure::transient(message),
        });
    }
    let found = body.data.map(|data| data.result).unwrap_or_default();
    Ok(found.into_iter().map(series).collect())
}

fn series(matrix: Matrix) -> Series {
    let point = |(seconds, text): (f64, String)| {
        let value: f64 = text.parse().ok()?;
        value.is_finite().then(|| (time(seconds), value))
    };
    let points = matrix.values.into_iter().filter_map(point).collect();
    Series { labels: matrix.metric, points }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "negative becomes 0")]
fn time(seconds: f64) -> Time {
    Time::from_unix_ms((seconds * 1000.0).round() as u64)
}
