//! Strategies and stages.

use super::{APPROVAL, EVIDENCE, FINISH, ON_DEADLINE, ON_INSUFFICIENT, PREPARE};
use crate::config::shape::{CHECKS, HOOKS, Kind, RULES, SPAN, Shape, key, or, required};

pub(crate) static STRATEGY: Shape = Shape {
    name: "strategy",
    words: "How it is released. Exactly one of these.",
    keys: &[
        key("canary", Kind::Map(&CANARY), "A little traffic, then more, each time by evidence."),
        key(
            "blue_green",
            Kind::Map(&BLUE_GREEN),
            "A second side is made ready without traffic, then switched to.",
        ),
        key("rolling", Kind::Map(&ROLLING), "Instances are replaced a few at a time."),
        key("recreate", Kind::Map(&RECREATE), "Everything old goes, then everything new comes."),
        key(
            "ab_test",
            Kind::Map(&AB_TEST),
            "Several variants side by side until one has proved itself.",
        ),
        key("flag_ramp", Kind::Map(&FLAG_RAMP), "The share of a flag grows by the clock."),
        key("emergency", Kind::Short("priority", &EMERGENCY), "Fast, and still watched."),
        key("steps", Kind::List(&Kind::Map(&STEP), 1000), "Steps as they are written here."),
    ],
};

static CANARY: Shape = Shape {
    name: "canary",
    words: "A little traffic, then more.",
    keys: &[
        or(
            "stages",
            STAGES,
            "[1%, 5%, 10%, 25%, 50%, 100%]",
            "Growing shares; the last is all traffic.",
        ),
        or("stage", SPAN, "5m", "How long a stage lasts at least that does not say it."),
        key(
            "max_duration",
            SPAN,
            "The longest time of all stages and the observation; what they do not need is time to wait for evidence.",
        ),
        or("prepare", Kind::Map(&PREPARE), "{}", "What happens before the first traffic."),
        or("judge", Kind::Map(&EVIDENCE), "{}", "What lets a stage end."),
        or("finish", Kind::Map(&FINISH), "{}", "What happens with the last stage."),
    ],
};

static STAGE: Shape = Shape {
    name: "stage",
    words: "One level of traffic; its share alone is enough.",
    keys: &[
        required("weight", Kind::Weight, "The new side's share."),
        key("for", SPAN, "How long at least; the strategy's `stage` without."),
        key("at_most", SPAN, "How long it may wait for evidence; that of `judge` without."),
        key("approve", Kind::Short("people", &APPROVAL), "Who has to agree before it."),
        key("gate", Kind::Rule, "What must hold before it."),
        or("before", HOOKS, "[]", "Hooks before it."),
        or("after", HOOKS, "[]", "Hooks after it."),
        key(
            "replicas",
            Kind::Count { min: 0, max: 100_000 },
            "Instances of the new side; by its share without.",
        ),
    ],
};

static BLUE_GREEN: Shape = Shape {
    name: "blue_green",
    words: "Two sides that change roles with every release.",
    keys: &[
        key(
            "replicas",
            Kind::Count { min: 1, max: 100_000 },
            "Instances of the new side; as many as the active one has without.",
        ),
        or(
            "stabilise",
            Kind::Map(&STABILISE),
            "{}",
            "How it is waited until the new side is stable.",
        ),
        or(
            "prepare",
            Kind::Map(&PREPARE),
            "{}",
            "Validation and warm-up before the first traffic.",
        ),
        or(
            "switch",
            STAGES,
            "[10%, 25%, 50%, 75%, 100%]",
            "Growing shares to all traffic; `[100%]` switches at once.",
        ),
        or("stage", SPAN, "2m", "How long a share lasts at least that does not say it."),
        or("judge", Kind::Map(&EVIDENCE), "{}", "What lets a share end."),
        or("finish", Kind::Map(&FINISH), "{}", "What happens after the switch."),
    ],
};

static STABILISE: Shape = Shape {
    name: "stabilise",
    words: "Waiting until a side is stable.",
    keys: &[
        or("checks", CHECKS, "[]", "Checks that must pass."),
        or("at_most", SPAN, "15m", "How long they have time."),
        or("every", SPAN, "30s", "How often they look."),
        or("passes", Kind::Count { min: 1, max: 1000 }, "1", "How many looks in a row must pass."),
    ],
};

static ROLLING: Shape = Shape {
    name: "rolling",
    words: "A few instances at a time. Both arms need a workload.",
    keys: &[
        key(
            "replicas",
            Kind::Count { min: 1, max: 100_000 },
            "Instances of the new version; as many as the old one has without.",
        ),
        key(
            "batch",
            Kind::Count { min: 1, max: 100_000 },
            "How many are replaced at a time; as many as may be without.",
        ),
        or(
            "max_surge",
            Kind::Amount,
            "1",
            "How many more instances there may be than wanted; shares are rounded up.",
        ),
        or(
            "max_unavailable",
            Kind::Amount,
            "0",
            "How many fewer may serve; shares are rounded down.",
        ),
        or("delay", SPAN, "1m", "The time between batches."),
        or("verify", CHECKS, "[]", "Checks after each batch."),
        or("judge", Kind::Map(&EVIDENCE), "{}", "What lets a batch end."),
        or("prepare", Kind::Map(&PREPARE), "{}", "What happens with the first new instances."),
        or("finish", Kind::Map(&FINISH), "{}", "What happens after the last batch."),
    ],
};

static RECREATE: Shape = Shape {
    name: "recreate",
    words: "For what cannot run twice at the same time. Nothing serves in between.",
    keys: &[
        key(
            "replicas",
            Kind::Count { min: 1, max: 100_000 },
            "Instances of the new side; as many as the old one had without.",
        ),
        key(
            "approve",
            Kind::Short("people", &APPROVAL),
            "Who has to agree before the old side goes.",
        ),
        or(
            "prepare",
            Kind::Map(&PREPARE),
            "{}",
            "Checks and warm-up before the new side gets traffic.",
        ),
        or("finish", Kind::Map(&FINISH), "{}", "What happens afterwards."),
    ],
};

static AB_TEST: Shape = Shape {
    name: "ab_test",
    words: "Several variants side by side.",
    keys: &[
        or(
            "weights",
            Kind::Named(&Kind::Weight),
            "{}",
            "Each arm's share, the control's included; equal parts without.",
        ),
        or("at_least", SPAN, "7d", "How long the test runs at least."),
        or(
            "duration",
            SPAN,
            "14d",
            "How long at most; without success the control gets its traffic back.",
        ),
        or(
            "sample_min",
            Kind::Count { min: 0, max: 1_000_000_000_000 },
            "1000",
            "The least units in each new arm.",
        ),
        key("lift", Kind::Map(&LIFT), "What has to be better, and by how much."),
        or("success", RULES, "[]", "More conditions for success."),
        or("prepare", Kind::Map(&PREPARE), "{}", "What happens before."),
        or(
            "ends",
            Kind::Choice(&["ask", "promote", "return"]),
            "ask",
            "After a success: people agree before the winner gets all traffic, it gets it at once, or the control gets it back.",
        ),
        key(
            "winner",
            Kind::Name("arms"),
            "Which arm gets all traffic then; with one new arm, that one.",
        ),
        or(
            "approve",
            Kind::Short("people", &APPROVAL),
            "1",
            "Who says so, where somebody is asked.",
        ),
    ],
};

static LIFT: Shape = Shape {
    name: "lift",
    words: "A metric that has to be better.",
    keys: &[
        required("metric", Kind::Name("metrics"), "Which."),
        required(
            "at_least",
            Kind::Ratio { max: 1000.0 },
            "By how much of the control's value: `5%`.",
        ),
    ],
};

static FLAG_RAMP: Shape = Shape {
    name: "flag_ramp",
    words: "The share of a flag grows in equal increments.",
    keys: &[
        key("start", Kind::Weight, "The first share; one increment without."),
        or("end", Kind::Weight, "100%", "The last share."),
        or("increment", Kind::Weight, "10%", "How much is added each time."),
        or("interval", SPAN, "1d", "How long each share lasts."),
        key("start_date", Kind::Text, "When it begins, as RFC 3339; at once without."),
        key("end_date", Kind::Text, "When it must be over, as RFC 3339."),
        or("judge", Kind::Map(&EVIDENCE), "{}", "What lets a share end, besides its time."),
        or("rollback_conditions", RULES, "[]", "Conditions that turn everything back at once."),
    ],
};

static EMERGENCY: Shape = Shape {
    name: "emergency",
    words: "p0: 1% for 30 seconds, agreed to afterwards; p1: 10% for 10 minutes; p2: 25% for 30 minutes.",
    keys: &[
        required("priority", Kind::Choice(&["p0", "p1", "p2"]), "How urgent it is."),
        or("prepare", Kind::Map(&PREPARE), "{}", "What happens before the first traffic."),
    ],
};

static STEP: Shape = Shape {
    name: "step",
    words: "One step. Exactly one of the keys that say what it does.",
    keys: &[
        key("name", Kind::Text, "For people."),
        key(
            "split",
            Kind::Named(&Kind::Weight),
            "Divides the traffic: arms and shares. Arms that are left out get nothing, the control what is left.",
        ),
        key("scale", Kind::Map(&SCALE), "Gives an arm so many instances."),
        key("mirror", Kind::Map(&COPY), "Copies traffic to an arm; 0% ends it."),
        key(
            "route",
            Kind::Map(&ROUTE),
            "Sends requests with headers to an arm; no headers end it.",
        ),
        key("pause", SPAN, "Waits."),
        key("hold", Kind::Boolean, "Pauses until somebody resumes."),
        key("judge", Kind::Map(&JUDGE), "Goes on by evidence."),
        key("approve", Kind::Short("people", &APPROVAL), "Goes on when people have agreed."),
        key("verify", Kind::Short("checks", &VERIFY), "Goes on when checks have passed."),
        key("hook", Kind::Name("hooks"), "Calls a hook."),
        key("until", Kind::Short("rule", &UNTIL), "Goes on when a condition holds."),
        key("tell", Kind::Map(&TELL), "Tells a channel."),
        key("gate", Kind::Rule, "What must hold before it begins."),
        or("before", HOOKS, "[]", "Hooks before it."),
        or("after", HOOKS, "[]", "Hooks after it."),
    ],
};

static SCALE: Shape = Shape {
    name: "scale",
    words: "Instances of an arm.",
    keys: &[
        required("arm", Kind::Name("arms"), "Which arm."),
        required("replicas", Kind::Count { min: 0, max: 100_000 }, "How many."),
    ],
};

static COPY: Shape = Shape {
    name: "copy",
    words: "Copied traffic.",
    keys: &[
        required("arm", Kind::Name("arms"), "Who gets it."),
        required("share", Kind::Weight, "How much."),
    ],
};

static ROUTE: Shape = Shape {
    name: "route",
    words: "Requests with headers to an arm.",
    keys: &[
        required("arm", Kind::Name("arms"), "Who gets them."),
        or("headers", Kind::Texts, "{}", "Names and values, all of which must be equal."),
    ],
};

static JUDGE: Shape = Shape {
    name: "judgement",
    words: "A step that goes on by evidence.",
    keys: &[
        required("at_least", SPAN, "Not before this."),
        or("at_most", SPAN, "2h", "By then there is a decision."),
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
            "The least exposures of the new arms.",
        ),
        or("success", RULES, "[]", "Conditions that must hold at the end."),
        or(
            "on_insufficient",
            Kind::Choice(ON_INSUFFICIENT),
            "hold",
            "What happens without enough evidence.",
        ),
    ],
};

static VERIFY: Shape = Shape {
    name: "verify",
    words: "Checks that must pass; their names alone are enough.",
    keys: &[
        required("checks", CHECKS, "Which."),
        key("arm", Kind::Name("arms"), "Which arm they look at; the new one without."),
    ],
};

static UNTIL: Shape = Shape {
    name: "until",
    words: "A condition to wait for; it alone is enough.",
    keys: &[
        required("rule", Kind::Rule, "The condition."),
        key("at_most", SPAN, "How long it may take; for ever without."),
        or("on_deadline", Kind::Choice(ON_DEADLINE), "roll_back", "What happens then."),
    ],
};

static TELL: Shape = Shape {
    name: "tell",
    words: "A message.",
    keys: &[
        required("channel", Kind::Name("channels"), "Where to."),
        required("text", Kind::Words, "What."),
    ],
};

const STAGES: Kind = Kind::List(&Kind::Short("weight", &STAGE), 400);
