//! The whole file, and what is released.

use super::shape::{CHECKS, HOOKS, Kind, NAMES, RULES, SPAN, Shape, key, or, required};

pub(crate) mod drivers;
pub(crate) mod outside;
pub(crate) mod strategies;
pub(crate) mod watching;

/// The first key of every file, and its only value.
pub(crate) const FORMAT: &str = "flagkit-release/1";

pub(crate) static FILE: Shape = Shape {
    name: "release",
    words: "One release: what, how, and what must hold.",
    keys: &[
        required("schema", Kind::Text, "The format of this file: `flagkit-release/1`."),
        required(
            "target",
            Kind::Text,
            "What is released. At most one release of a target is under way.",
        ),
        key("description", Kind::Words, "For people."),
        or("environment", Kind::Text, "production", "Where."),
        key("version", Kind::Text, "What the new arm runs, unless `--version` says it."),
        key(
            "route",
            Kind::Text,
            "What the traffic driver divides: a backend, a flag. The target's name without; `none` if nothing divides the traffic.",
        ),
        required(
            "arms",
            Kind::Ordered(&Kind::Short("version", &ARM)),
            "The sides. The first serves now, unless the last release of the target ended on another one.",
        ),
        required(
            "strategy",
            Kind::Short("", &strategies::STRATEGY),
            "How it is released: one of these, or its name alone.",
        ),
        key(
            "approval",
            Kind::Short("people", &APPROVAL),
            "Who has to agree before the release begins.",
        ),
        or(
            "gates",
            Kind::List(&Kind::Short("rule", &GATE), 100),
            "[]",
            "What must hold before the release begins and before each step that changes something. Rollback asks none of them.",
        ),
        or(
            "windows",
            Kind::List(&Kind::Name("calendars"), 100),
            "[]",
            "Calendars in whose openings alone the release goes on.",
        ),
        key(
            "prometheus",
            Kind::Text,
            "Where Prometheus is, for metrics that do not say it: `http://127.0.0.1:9090`.",
        ),
        or("metrics", Kind::Ordered(&Kind::Map(&watching::METRIC)), "{}", "What is measured."),
        or(
            "triggers",
            Kind::List(&Kind::Short("rule", &watching::TRIGGER), 100),
            "[]",
            "What ends the release at once.",
        ),
        or("judging", Kind::Map(&watching::JUDGING), "{}", "How metrics are judged."),
        or("rollback", Kind::Map(&watching::ROLLBACK), "{}", "What happens when it goes wrong."),
        or("attempts", Kind::Map(&watching::ATTEMPTS), "{}", "How often orders are tried."),
        or(
            "checks",
            Kind::Named(&Kind::Short("url", &outside::CHECK)),
            "{}",
            "What can be looked at.",
        ),
        or("hooks", Kind::Named(&Kind::Short("url", &outside::HOOK)), "{}", "What can be called."),
        or("channels", Kind::Named(&Kind::Map(&outside::CHANNEL)), "{}", "Where people are told."),
        or(
            "calendars",
            Kind::Named(&Kind::Map(&outside::CALENDAR)),
            "{}",
            "Change windows and blackouts.",
        ),
        or("drivers", Kind::Map(&drivers::DRIVERS), "{}", "What the engine works with."),
    ],
};

pub(crate) static ARM: Shape = Shape {
    name: "arm",
    words: "One side of a release.",
    keys: &[
        key("version", Kind::Text, "What it runs."),
        key("workload", Kind::Text, "What the workload driver scales; nothing if nobody does."),
        or(
            "replicas",
            Kind::Count { min: 0, max: 100_000 },
            "0",
            "How many instances it has before the release.",
        ),
        key("address", Kind::Text, "Where checks reach it: `http://127.0.0.1:8081`."),
    ],
};

pub(crate) static GATE: Shape = Shape {
    name: "gate",
    words: "Something that must hold before the release goes on.",
    keys: &[
        required("rule", Kind::Rule, "What must hold."),
        key("name", Kind::Text, "How messages call it; by its condition without."),
        key("at_most", SPAN, "How long the release waits for it; for ever without."),
    ],
};

pub(crate) static APPROVAL: Shape = Shape {
    name: "approval",
    words: "People who agree. Who started the release is never one of them.",
    keys: &[
        or("people", Kind::Count { min: 1, max: 100 }, "1", "How many different people."),
        or("roles", NAMES, "[]", "Roles that must be among them, each from a different person."),
        key(
            "who",
            Kind::Rule,
            "Who may, over `approver.name`, `approver.role`, `author` and `deployer`.",
        ),
        key("unless", Kind::Rule, "What makes it unnecessary."),
        key("at_most", SPAN, "How long it may take; for ever without."),
        or("on_deadline", Kind::Choice(ON_DEADLINE), "roll_back", "What happens then."),
    ],
};

pub(crate) static PREPARE: Shape = Shape {
    name: "prepare",
    words: "What happens with the new side before it gets traffic.",
    keys: &[
        or("verify", CHECKS, "[]", "Checks that must pass."),
        or("warm_up", HOOKS, "[]", "Hooks that fill caches and pools, one after another."),
        or(
            "headers",
            Kind::Texts,
            "{}",
            "Requests with these headers go to the new side, whatever its share.",
        ),
        key("mirror", Kind::Map(&MIRROR), "A copy of the traffic whose answers are thrown away."),
    ],
};

static MIRROR: Shape = Shape {
    name: "mirror",
    words: "Copied traffic.",
    keys: &[
        or("share", Kind::Weight, "100%", "How much of the traffic is copied."),
        or("for", SPAN, "5m", "How long."),
    ],
};

pub(crate) static FINISH: Shape = Shape {
    name: "finish",
    words: "What happens once the new side has all traffic.",
    keys: &[
        or(
            "observe",
            SPAN,
            "10m",
            "How long it is watched. The old side keeps its instances until then.",
        ),
        or(
            "hold_back",
            Kind::Weight,
            "0%",
            "What the old side keeps of the traffic meanwhile, so that there is something to compare with.",
        ),
        or("verify", CHECKS, "[]", "Checks afterwards."),
        or("success", RULES, "[]", "Conditions that must hold afterwards."),
        or(
            "success_within",
            SPAN,
            "5m",
            "How long they have time for that; then the release rolls back.",
        ),
        or(
            "old_side",
            Kind::Choice(&["remove", "keep"]),
            "remove",
            "What becomes of the old side's instances.",
        ),
        or("keep", SPAN, "0s", "How long the old side stays after all of that."),
    ],
};

pub(crate) static EVIDENCE: Shape = Shape {
    name: "judge",
    words: "What lets a stage end besides its time and the absence of harm.",
    keys: &[
        or(
            "proof",
            Kind::Boolean,
            "false",
            "Whether it has to be proved that no guarding metric is worse than its margin.",
        ),
        or(
            "exposures_min",
            Kind::Count { min: 0, max: 1_000_000_000_000 },
            "0",
            "The least exposures of the new side in a stage.",
        ),
        or("success", RULES, "[]", "Conditions that must hold at the end of each stage."),
        or("at_most", SPAN, "2h", "How long a stage may wait for all of that."),
        key(
            "on_insufficient",
            Kind::Choice(ON_INSUFFICIENT),
            "What happens then: `hold`, or `roll_back` where there is a `max_duration`.",
        ),
    ],
};

pub(crate) const ON_DEADLINE: &[&str] = &["roll_back", "pause", "proceed"];
pub(crate) const ON_INSUFFICIENT: &[&str] = &["hold", "roll_back", "proceed", "ask"];
pub(crate) const THEN: &[&str] = &["roll_back", "pause", "tell"];
