//! What keeps a cluster from being drowned, and its ill instances from being asked.

use serde_json::{Map, Value, json};

use crate::time::Span;

/// Limits of a cluster, and when one of its instances is left out for a while.
#[derive(Clone, Copy, Debug)]
pub struct Protection {
    /// The most connections to the cluster.
    pub connections_max: u32,
    /// The most requests that wait for a connection.
    pub pending_max: u32,
    /// So many answers of 500 and above, one after the other, and the instance is left out.
    pub errors: u32,
    /// How often it is looked at who is left out.
    pub interval: Span,
    /// How long an instance is left out the first time; each further time is longer.
    pub ejected_for: Span,
    /// The most instances that are left out at the same time, in per cent. Of one
    /// instance none is, unless it is 100.
    pub ejected_max: u8,
}

/// The fields of a cluster that say so: `circuit_breakers` and `outlier_detection` of
/// `envoy.config.cluster.v3.Cluster`.
///
/// Leaving instances out is `outlier_detection`; a breaker is a limit and leaves nobody out. How
/// many are left out is the statistic `cluster.NAME.outlier_detection.ejections_active`, which a trigger
/// may ask for as a metric or a fact.
///
/// ```
/// use flagkit_deploy::Span;
/// use flagkit_deploy::driver::envoy::{Protection, protection};
///
/// let cluster = protection(&Protection {
///     connections_max: 100,
///     pending_max: 50,
///     errors: 3,
///     interval: Span::from_secs(30),
///     ejected_for: Span::from_secs(30),
///     ejected_max: 50,
/// });
/// assert_eq!(cluster["outlier_detection"]["consecutive_5xx"], 3);
/// ```
#[must_use]
pub fn protection(protection: &Protection) -> Map<String, Value> {
    let Protection { connections_max, pending_max, errors, interval, ejected_for, ejected_max } =
        *protection;
    let breakers = json!({ "thresholds": [{
        "max_connections": connections_max, "max_pending_requests": pending_max,
    }] });
    let outliers = json!({
        "consecutive_5xx": errors,
        "enforcing_consecutive_5xx": 100,
        "interval": seconds(interval),
        "base_ejection_time": seconds(ejected_for),
        "max_ejection_percent": ejected_max.min(100),
    });
    let fields = [("circuit_breakers", breakers), ("outlier_detection", outliers)];
    fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

/// A duration as protobuf writes it in JSON: `30.000s`.
fn seconds(span: Span) -> String {
    format!("{}.{:03}s", span.ms() / 1000, span.ms() % 1000)
}
