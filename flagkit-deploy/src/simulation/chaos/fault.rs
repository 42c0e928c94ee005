//! What goes wrong, as data: a fault can be left out, so that a failure shrinks to what it needs.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// Something that goes wrong for a while.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Fault {
    /// When it begins, after the start of the scenario.
    pub from: Span,
    /// How long it lasts; what happens at once has no length.
    pub length: Span,
    /// What.
    pub kind: Kind,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The process is killed, and starts again a second later.
    Crash,
    /// Another process takes the lead while the first one still runs.
    SecondLeader,
    /// The process has another time than the world: this much later, or earlier if `back`.
    ClockJump {
        /// How much.
        by: Span,
        /// Whether it is behind.
        back: bool,
    },
    /// No driver is reached, and no metrics.
    Partition,
    /// Drivers answer later by this.
    SlowDrivers(Span),
    /// So many millionths of what drivers do fails: half of it before, half of it after the effect.
    FailingDrivers(u32),
    /// So many millionths of orders get no answer at all; half of them are carried out.
    HangingDrivers(u32),
    /// Drivers do what they shall and answer later by this, even if nobody waits any more.
    LateAnswers(Span),
    /// Every answer of a driver comes twice.
    AnswersTwice,
    /// The journal cannot be written.
    FullDisk,
    /// Metrics come later by this.
    MetricsLag(Span),
    /// So many millionths of windows are missing.
    MetricsLoss(u32),
    /// Every window comes twice.
    MetricsTwice,
    /// The metrics system is gone.
    MetricsDown,
    /// So many millionths of the instances fail, and are replaced (chaos: 30 % for five minutes).
    InstancesFail(u32),
    /// So many millionths of connections fail on every side (chaos: 90 % for three minutes).
    ConnectionsFail(u32),
    /// Instances take four times as long to start, and errors double on every side (chaos: 80 % of
    /// the processors are busy for ten minutes).
    Busy,
}
