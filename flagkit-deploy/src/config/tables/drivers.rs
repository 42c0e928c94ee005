//! What the engine works with.

use crate::config::shape::{Kind, NAMES, SPAN, Shape, key, or, required};

pub(crate) static DRIVERS: Shape = Shape {
    name: "drivers",
    words: "What the engine works with. `flagkit rollout run` makes drivers of it.",
    keys: &[
        key("haproxy", Kind::Short("socket", &HAPROXY), "Divides the traffic of HAProxy."),
        key("envoy", Kind::Short("admin", &ENVOY), "Divides the traffic of Envoy."),
        key("flags", Kind::Short("file", &FLAGS), "Divides users by a flag."),
        or(
            "processes",
            Kind::Named(&Kind::Map(&PROCESS)),
            "{}",
            "Programs of this machine, by the names of workloads.",
        ),
        key("prometheus", Kind::Short("url", &PROMETHEUS), "Answers the queries of metrics."),
        key("push", Kind::Short("listen", &PUSH), "Receives metrics, and alerts of Alertmanager."),
    ],
};

static HAPROXY: Shape = Shape {
    name: "haproxy",
    words: "HAProxy 2.6 or later; its runtime socket alone is enough.",
    keys: &[
        required(
            "socket",
            Kind::List(&Kind::Text, 100),
            "Its runtime socket, a path or `host:port`; several for several that shall be alike.",
        ),
        or(
            "by",
            Kind::Choice(&["weights", "map"]),
            "weights",
            "Requests by the weights of servers, or users by an entry of a map.",
        ),
        key("map", Kind::Text, "The map, as HAProxy's configuration names it."),
        key("file", Kind::Text, "The file of the map, so that a reload keeps the split."),
        or(
            "buckets",
            Kind::Count { min: 100, max: 1_000_000 },
            "10000",
            "Into how many buckets the map divides users, as the configuration has it.",
        ),
        or(
            "headers",
            Kind::List(&Kind::Text, 20),
            "[]",
            "The headers, and cookies as `cookie:NAME`, that the configuration looks up beside the map's buckets, so that steps may send \
             requests with them to an arm.",
        ),
        or("routes", NAMES, "[]", "The routes that it takes; all of them without."),
        or("timeout", SPAN, "2s", "How long a socket may take to answer."),
    ],
};

static ENVOY: Shape = Shape {
    name: "envoy",
    words: "Envoy; its administration interface alone is enough.",
    keys: &[
        required(
            "admin",
            Kind::List(&Kind::Text, 100),
            "Its administration interface: `http://127.0.0.1:9901`; several for several Envoys.",
        ),
        key("file", Kind::Text, "A file of RTDS that all of them watch."),
        or("routes", NAMES, "[]", "The routes that it takes; all of them without."),
        or("timeout", SPAN, "2s", "How long an Envoy may take."),
    ],
};

static FLAGS: Shape = Shape {
    name: "flags",
    words: "Flags; a flag file alone is enough. One of `file` and `server`. The route is the key of the flag, arms are its variants.",
    keys: &[
        key("file", Kind::Text, "A flag file in the native format."),
        key("server", Kind::Text, "A flag server: `http://127.0.0.1:4290`."),
        or("project", Kind::Text, "default", "The server's project."),
        key("environment", Kind::Text, "The server's environment; that of the release without."),
        key("key", Kind::Text, "The server's key: `${NAME}`, never the key itself."),
        key("rule", Kind::Text, "The rule of the flag that serves the split."),
        or("routes", NAMES, "[]", "The flags that it takes; all of them without."),
    ],
};

static PROCESS: Shape = Shape {
    name: "process",
    words: "A program whose instances are processes of the engine's machine. `{{port}}`, `{{version}}`, `{{arm}}` and `{{target}}` are replaced.",
    keys: &[
        required(
            "command",
            Kind::List(&Kind::Words, 100),
            "The program and its arguments; no shell sees them.",
        ),
        or("environment", Kind::Texts, "{}", "Further variables; `${NAME}` is replaced, too."),
        required(
            "ports",
            Kind::Named(&Kind::List(&Kind::Count { min: 1, max: 65_535 }, 1000)),
            "The ports of each arm, each for one instance.",
        ),
        key(
            "health",
            Kind::Text,
            "What answers once an instance is healthy: `http://127.0.0.1:{{port}}/health`.",
        ),
        or("ready_within", SPAN, "10s", "How long that may take."),
        key("drain", Kind::Text, "What is called (POST) before an instance is ended."),
        or("drain_for", SPAN, "0s", "How long it goes on after that."),
        or("stop_within", SPAN, "10s", "How long it may take to end before it is killed."),
    ],
};

static PROMETHEUS: Shape = Shape {
    name: "prometheus",
    words: "Prometheus; its address alone is enough.",
    keys: &[
        required("url", Kind::Text, "Where it is: `http://127.0.0.1:9090`."),
        or(
            "headers",
            Kind::Texts,
            "{}",
            "Headers of every query; a value `${NAME}` comes from the environment of the engine.",
        ),
        or("timeout", SPAN, "10s", "How long one query may take."),
    ],
};

static PUSH: Shape = Shape {
    name: "push",
    words: "Where the engine listens for metrics and alerts; the address alone is enough.",
    keys: &[
        required("listen", Kind::Text, "Address and port: `127.0.0.1:9099`."),
        key("key", Kind::Text, "What senders must know: `${NAME}`, never the key itself."),
    ],
};
