use std::time::Duration;

use super::{Gauge, Metrics};

#[test]
fn what_was_counted_is_told_in_the_text_format() {
    let metrics = Metrics::default();
    let route = metrics.of_route("GET", "/stream");
    route.count(200, Duration::from_micros(50));
    route.count(200, Duration::from_millis(3));
    route.count(401, Duration::from_secs(9));
    metrics.count("change");
    let gauge =
        Gauge { name: "flagkit_streams", help: "Open streams.", values: vec![(String::new(), 7)] };
    let text = metrics.to_text(&[gauge]);
    for wanted in [
        "# TYPE flagkit_streams gauge\nflagkit_streams 7\n",
        "flagkit_events_total{event=\"change\"} 1\n",
        "flagkit_http_requests_total{method=\"GET\",route=\"/stream\",status=\"200\"} 2\n",
        "flagkit_http_requests_total{method=\"GET\",route=\"/stream\",status=\"401\"} 1\n",
        "_bucket{method=\"GET\",route=\"/stream\",le=\"0.0001\"} 1\n",
        "_bucket{method=\"GET\",route=\"/stream\",le=\"0.005\"} 2\n",
        "_bucket{method=\"GET\",route=\"/stream\",le=\"+Inf\"} 3\n",
        "_count{method=\"GET\",route=\"/stream\"} 3\n",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
}
