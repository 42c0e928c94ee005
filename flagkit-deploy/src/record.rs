//! What a journal keeps: every event, and everything that followed from it.
//!
//! Events and the plan are enough to compute the rest again. The rest is kept, too, so that a
//! replay can be compared with what was decided then.

use serde::{Deserialize, Serialize};

use crate::event::{Actor, Event};
use crate::judge::Evidence;
use crate::order::{Fence, ReleaseId, Wanted};
use crate::plan::Plan;
use crate::time::Time;

/// The format of records that this version writes. A journal of a newer one is refused untouched.
pub const FORMAT: u16 = 1;

/// One entry of the journal.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Record {
    /// Whose.
    pub release: ReleaseId,
    /// The leader that wrote it.
    pub fence: Fence,
    /// What.
    pub entry: Entry,
}

/// What an entry says.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entry {
    /// A release was planned.
    Planned {
        /// When.
        now: Time,
        /// By whom.
        author: Actor,
        /// Its plan, as it was accepted.
        plan: Box<Plan>,
    },
    /// Something happened.
    Happened(Event),
    /// Something is going to be done outside. Written before it is done.
    Intent {
        /// The number of the order within the release.
        order: u32,
        /// What shall be.
        wanted: Wanted,
    },
    /// The release decided something.
    Decided(Decision),
}

/// What a release decided, and why.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decision {
    /// It is now in another status or at another step.
    Moved {
        /// The status in a word.
        status: String,
        /// The step, counted from 0; none outside of steps.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<u16>,
        /// Why, in a sentence.
        why: String,
    },
    /// The judge ruled, and what it ruled is not what it ruled before.
    Ruled(Vec<Evidence>),
    /// A condition was asked for and did not hold, with what it was compared with.
    Refused {
        /// Which gate, check or trigger.
        what: String,
        /// What it asked, and what it found.
        why: String,
    },
    /// A command or an order's return that changed nothing, with the reason.
    Ignored {
        /// Why.
        why: String,
    },
}
