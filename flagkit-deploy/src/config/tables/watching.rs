//! Metrics, triggers, judging and what happens when something is wrong.

use super::{ON_INSUFFICIENT, THEN};
use crate::config::shape::{CHECKS, HOOKS, Kind, NAMES, SPAN, Shape, key, or, required};

pub(crate) static METRIC: Shape = Shape {
    name: "metric",
    words: "Something that is measured. Kind and direction follow from well-known names: `error_rate`, `p95`, `latency_p99`, `conversion_rate`, `throughput`, `cpu` and others.",
    keys: &[
        key(
            "kind",
            Kind::Choice(&["events", "quantile", "mean", "reading"]),
            "`events`: the share of exposures to which something happened; `quantile` and `mean` of something continuous; `reading`: a number of a monitoring system, for limits and triggers only.",
        ),
        key(
            "quantile",
            Kind::Ratio { max: 1.0 },
            "Which, for `quantile`; from a name such as `p95` without.",
        ),
        key(
            "min",
            Kind::Limit,
            "The least that an observation can be, for `mean`. With both bounds its test is exact, without it is an approximation for large samples.",
        ),
        key("max", Kind::Limit, "The most."),
        key(
            "bad",
            Kind::Choice(&["increase", "decrease", "either"]),
            "Which way is bad; `increase` unless the name says otherwise.",
        ),
        or(
            "role",
            Kind::Choice(&["guard", "signal", "shown"]),
            "guard",
            "What harm does: rolls back, pauses, or nothing.",
        ),
        or(
            "margin",
            Kind::Ratio { max: 100.0 },
            "10%",
            "How much worse is still not worse, of the control's value.",
        ),
        key(
            "limit",
            Kind::Limit,
            "What the new side must not exceed, whatever the control does. A time counts in seconds: `500ms` is 0.5.",
        ),
        or(
            "weight",
            Kind::Number { max: 1_000_000.0 },
            "1",
            "Its part of `alpha`, relative to the others.",
        ),
        or(
            "observations_min",
            Kind::Count { min: 0, max: 1_000_000_000_000 },
            "0",
            "The least observations of the new side before it says anything; 1000 for a mean without `min` and `max`, of both sides.",
        ),
        key(
            "dispersion",
            Kind::Number { max: 1000.0 },
            "How much counts of requests vary beyond independent ones, if it was measured before: 1 where each stands for itself. Measured while the release lasts without.",
        ),
        key(
            "from",
            Kind::Text,
            "`push`, `prometheus`, or the name of a driver; `prometheus` where there is a query, else `push`.",
        ),
        or(
            "units",
            Kind::Boolean,
            "false",
            "For `push`: whether units (users, tenants) are counted instead of requests; for quantiles and means, whether each value is that of another unit.",
        ),
        key("url", Kind::Text, "For `prometheus`: where it is; the file's `prometheus` without."),
        key(
            "query",
            Kind::Words,
            "For `prometheus`: what counts; for means, what sums. `{{arm}}`, `{{version}}`, `{{stratum}}` and `{{window}}` are replaced.",
        ),
        key(
            "exposures",
            Kind::Words,
            "For `prometheus`: what counts exposures of events, or observations of a mean.",
        ),
        key(
            "squares",
            Kind::Words,
            "For `prometheus` and means: what sums the squares of values; not needed with `min` and `max`, and faster with it.",
        ),
        or(
            "with",
            Kind::Texts,
            "{}",
            "More to replace in queries, or what a driver wants to know.",
        ),
    ],
};

pub(crate) static TRIGGER: Shape = Shape {
    name: "trigger",
    words: "What must not be; its condition alone is enough: `error_rate > 5% for 3 of 5m`.",
    keys: &[
        required(
            "rule",
            Kind::Text,
            "What must not be, over `metrics.*` and facts; with `for N of TIME` in N windows within that time.",
        ),
        key("name", Kind::Text, "How messages call it; by its condition without."),
        or("then", Kind::Choice(THEN), "roll_back", "What happens."),
    ],
};

pub(crate) static JUDGING: Shape = Shape {
    name: "judging",
    words: "How metrics are judged.",
    keys: &[
        or(
            "alpha",
            Kind::Ratio { max: 0.5 },
            "0.1%",
            "The chance that an innocent release is ever rolled back, by all metrics together and any number of looks.",
        ),
        or(
            "beta",
            Kind::Ratio { max: 0.5 },
            "5%",
            "The chance that a release which is worse by more than the margin is ever called \"not worse\".",
        ),
        or(
            "look",
            Kind::Span { max_ms: 86_400_000 },
            "10s",
            "How often the metrics are looked at.",
        ),
        or("lag", SPAN, "0s", "How long after its end a window is taken to be complete."),
        or(
            "errors",
            Kind::Count { min: 0, max: 1000 },
            "4",
            "How many errors of the metrics system in a row are waited out.",
        ),
        or("silence", SPAN, "5m", "The longest silence of all metrics."),
        or(
            "on_silence",
            Kind::Choice(ON_INSUFFICIENT),
            "hold",
            "What happens then. Silence is never taken for a failure.",
        ),
        or(
            "srm_alpha",
            Kind::Ratio { max: 0.5 },
            "0.1%",
            "The chance of a false alarm that traffic is not divided as it should be.",
        ),
        or("on_srm", Kind::Choice(THEN), "pause", "What happens when it is not."),
        or(
            "strata",
            NAMES,
            "[]",
            "Parts such as regions, within each of which metrics are compared.",
        ),
    ],
};

pub(crate) static ROLLBACK: Shape = Shape {
    name: "rollback",
    words: "Back: traffic, then checks, then instances, then people. That order is fixed.",
    keys: &[
        or(
            "automatic",
            Kind::Boolean,
            "true",
            "Whether it happens by itself; otherwise the release freezes and pages.",
        ),
        or(
            "verify",
            CHECKS,
            "[]",
            "Checks of the control once it has all traffic. If one fails there is no safe side.",
        ),
        or("keep", SPAN, "30s", "How long the new instances stay after traffic has left them."),
        or(
            "batch",
            Kind::Count { min: 0, max: 100_000 },
            "0",
            "How many instances are put back at a time; all at once if 0.",
        ),
        or("batch_delay", SPAN, "10s", "The pause between such batches."),
        or("hooks", HOOKS, "[]", "Hooks once traffic is back."),
        key(
            "possible",
            Kind::Rule,
            "Whether the state outside can still go back. If not, the release freezes.",
        ),
    ],
};

pub(crate) static ATTEMPTS: Shape = Shape {
    name: "attempts",
    words: "How often an order is tried before it counts as failed.",
    keys: &[
        or(
            "forward",
            Kind::Count { min: 1, max: 1000 },
            "5",
            "Tries while the release goes forward.",
        ),
        or("back", Kind::Count { min: 1, max: 1000 }, "20", "Tries in a rollback."),
        or("delay", SPAN, "500ms", "The wait before the second try; it doubles."),
        or("delay_max", SPAN, "30s", "The longest wait between tries."),
        or("timeout", SPAN, "5m", "How long one try may take."),
        or(
            "then",
            Kind::Choice(THEN),
            "pause",
            "What follows going forward when all tries were used up on a system that does not answer.",
        ),
    ],
};
