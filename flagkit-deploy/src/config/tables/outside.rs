//! Checks, hooks, channels and calendars.

use super::THEN;
use crate::config::shape::{HOOKS, Kind, NAMES, SPAN, Shape, key, or, required};

pub(crate) static CHECK: Shape = Shape {
    name: "check",
    words: "Something to look at; a URL alone is enough. One of `url`, `tcp`, `command` and `sql`.",
    keys: &[
        key(
            "url",
            Kind::Text,
            "An HTTP request. `{{address}}`, `{{arm}}` and `{{version}}` are replaced.",
        ),
        key("method", Kind::Text, "`GET` without."),
        or(
            "headers",
            Kind::Texts,
            "{}",
            "Headers; a value `${NAME}` comes from the environment of the engine.",
        ),
        key("body", Kind::Words, "The body."),
        key("tcp", Kind::Text, "A TCP connection: `host:port`."),
        key(
            "command",
            Kind::List(&Kind::Words, 100),
            "A program and its arguments; no shell sees them.",
        ),
        key(
            "sql",
            Kind::List(&Kind::Words, 100),
            "Files of migrations, read by PostgreSQL's grammar and not run.",
        ),
        key(
            "expect",
            Kind::Rule,
            "What must hold of what is found: `status`, `latency_ms`, `body.…`, `header.NAME`; `connected`; `exit_code`, `output`; `sql.drops`, `sql.truncates`, `sql.updates_without_where`, `sql.deletes_without_where`, `sql.indexes_not_concurrently`, `sql.statements`. Without: a status below 300, a connection, exit code 0, migrations that take nothing away.",
        ),
        or("timeout", SPAN, "30s", "How long one look may take."),
        or("tries", Kind::Count { min: 1, max: 1000 }, "4", "How many looks it gets."),
        or("delay", SPAN, "1s", "The wait after the first failed look; it doubles."),
        key("delay_max", SPAN, "The longest wait between looks."),
        or("passes", Kind::Count { min: 1, max: 1000 }, "1", "How many looks in a row must pass."),
        or(
            "then",
            Kind::Choice(THEN),
            "roll_back",
            "What a failed check means; `tell` is a warning.",
        ),
    ],
};

pub(crate) static HOOK: Shape = Shape {
    name: "hook",
    words: "Something to call; a URL alone is enough. One of `url` and `command`.",
    keys: &[
        key("url", Kind::Text, "An HTTP request, with the order as `Idempotency-Key`."),
        or("method", Kind::Text, "POST", "Its method."),
        or(
            "headers",
            Kind::Texts,
            "{}",
            "Headers; a value `${NAME}` comes from the environment of the engine.",
        ),
        key("body", Kind::Words, "The body."),
        key(
            "command",
            Kind::List(&Kind::Words, 100),
            "A program and its arguments, with `FLAGKIT_ORDER` in its environment.",
        ),
        key(
            "expect",
            Kind::Rule,
            "What must hold of the answer; a status below 300, or exit code 0, without.",
        ),
        or("timeout", SPAN, "30s", "How long one call may take."),
        or("after", HOOKS, "[]", "Hooks that are called before it."),
    ],
};

pub(crate) static CHANNEL: Shape = Shape {
    name: "channel",
    words: "Where people are told.",
    keys: &[
        required(
            "kind",
            Kind::Choice(&["webhook", "slack", "pagerduty", "alertmanager", "mail"]),
            "The shape of messages.",
        ),
        required(
            "url",
            Kind::Text,
            "Where they go. `${NAME}` comes from the environment of the engine.",
        ),
        key("key", Kind::Text, "A key that the receiver wants: `${NAME}`, never the key itself."),
        or(
            "from",
            Kind::Choice(&["info", "warning", "page"]),
            "info",
            "The least severity that goes there.",
        ),
    ],
};

pub(crate) static CALENDAR: Shape = Shape {
    name: "calendar",
    words: "Change windows or blackouts: `calendar.NAME` is true in an opening and outside of all closings.",
    keys: &[
        required("zone", Kind::Text, "The IANA name of the zone: `Europe/Paris`."),
        or("open", NAMES, "[]", "RFC 5545 recurrences, or days and hours: `Tue,Thu 02:00-04:00`."),
        or("closed", NAMES, "[]", "The same, and spans of dates: `2026-11-23..2026-11-30`."),
    ],
};
