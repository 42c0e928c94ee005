//! What is counted, as Prometheus reads it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

/// Counters of this process, from zero when it started.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    routes: Mutex<BTreeMap<(String, &'static str), Arc<RouteMetrics>>>,
    events: Mutex<BTreeMap<&'static str, u64>>,
}

/// Requests of one route.
#[derive(Debug, Default)]
pub(crate) struct RouteMetrics {
    counted: Mutex<Counted>,
}

#[derive(Clone, Debug, Default)]
struct Counted {
    by_status: BTreeMap<u16, u64>,
    /// Answers that took no longer than each of [`BOUNDS`], and those that took longer.
    by_time: [u64; BOUNDS.len() + 1],
    seconds: f64,
}

/// A value that is read when somebody asks.
#[derive(Debug)]
pub(crate) struct Gauge {
    /// Its name: `flagkit_streams`.
    pub(crate) name: &'static str,
    /// What it says.
    pub(crate) help: &'static str,
    /// The values by their labels; empty for one without.
    pub(crate) values: Vec<(String, u64)>,
}

impl Metrics {
    /// The counters of a route.
    pub(crate) fn of_route(&self, method: &str, path: &'static str) -> Arc<RouteMetrics> {
        self.routes.lock().entry((method.to_owned(), path)).or_default().clone()
    }

    /// Counts something that happened.
    pub(crate) fn count(&self, event: &'static str) {
        *self.events.lock().entry(event).or_default() += 1;
    }

    /// All of it as text.
    pub(crate) fn to_text(&self, gauges: &[Gauge]) -> String {
        let mut text = String::new();
        for gauge in gauges {
            head(&mut text, gauge.name, gauge.help, "gauge");
            for (labels, value) in &gauge.values {
                line(&mut text, gauge.name, labels, value);
            }
        }
        head(&mut text, "flagkit_events_total", "What happened how often.", "counter");
        for (event, count) in &*self.events.lock() {
            line(&mut text, "flagkit_events_total", &format!("event=\"{event}\""), count);
        }
        let routes: Vec<_> = {
            let routes = self.routes.lock();
            let all = routes.iter();
            all.map(|((method, path), route)| {
                let labels = format!("method=\"{method}\",route=\"{path}\"");
                (labels, route.counted.lock().clone())
            })
            .collect()
        };
        requests(&mut text, &routes);
        durations(&mut text, &routes);
        text
    }
}

impl RouteMetrics {
    /// Counts an answer.
    pub(crate) fn count(&self, status: u16, took: Duration) {
        let seconds = took.as_secs_f64();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        let mut counted = self.counted.lock();
        *counted.by_status.entry(status).or_default() += 1;
        if let Some(count) = counted.by_time.get_mut(bucket) {
            *count += 1;
        }
        counted.seconds += seconds;
    }
}

fn requests(text: &mut String, routes: &[(String, Counted)]) {
    let name = "flagkit_http_requests_total";
    head(text, name, "Requests by route and status.", "counter");
    for (labels, counted) in routes {
        for (status, count) in &counted.by_status {
            line(text, name, &format!("{labels},status=\"{status}\""), count);
        }
    }
}

fn durations(text: &mut String, routes: &[(String, Counted)]) {
    let name = "flagkit_http_request_duration_seconds";
    head(text, name, "Time until an answer begins.", "histogram");
    for (labels, counted) in routes {
        let mut sum = 0;
        for (place, count) in counted.by_time.iter().enumerate() {
            sum += count;
            let bound = BOUNDS.get(place).map_or("+Inf".to_owned(), ToString::to_string);
            let labels = format!("{labels},le=\"{bound}\"");
            line(text, &format!("{name}_bucket"), &labels, &sum);
        }
        line(text, &format!("{name}_sum"), labels, &counted.seconds);
        line(text, &format!("{name}_count"), labels, &sum);
    }
}

fn head(text: &mut String, name: &str, help: &str, kind: &str) {
    // Writing to a String does not fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: &dyn std::fmt::Display) {
    let braced = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
    let _ = writeln!(text, "{name}{braced} {value}");
}

/// Seconds.
const BOUNDS: [f64; 8] = [0.000_1, 0.000_5, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5];

#[cfg(test)]
mod tests;
