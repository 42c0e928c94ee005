//! What comes with the last traffic: watching, and only then the end of the old side.

use serde::Deserialize;

use super::phases::{NEW, Phases};
use super::{Evidence, Stage};
use crate::plan::{Does, OnDeadline, Rule};
use crate::split::Weight;
use crate::time::Span;

/// What happens once the new side has all traffic that it shall have.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Finish {
    /// How long it is watched. The old side keeps its instances until then.
    pub observe: Span,
    /// What the old side keeps of the traffic while it is watched, so that there is something to
    /// compare with at the same time. Nothing if 0.
    pub hold_back: Weight,
    /// Checks afterwards.
    pub verify: Vec<String>,
    /// Conditions that must hold afterwards.
    pub success: Vec<Rule>,
    /// How long they have time for that; then the release rolls back.
    pub success_within: Span,
    /// What becomes of the old side.
    pub old_side: OldSide,
    /// How long the old side stays after all of that.
    pub keep: Span,
}

/// What becomes of the old side's instances.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OldSide {
    /// They end.
    #[default]
    Remove,
    /// They stay: the next release goes there.
    Keep,
}

impl Default for Finish {
    fn default() -> Self {
        Self {
            observe: Span::from_secs(600),
            hold_back: Weight::NONE,
            verify: Vec::new(),
            success: Vec::new(),
            success_within: Span::from_secs(300),
            old_side: OldSide::Remove,
            keep: Span::ZERO,
        }
    }
}

impl Finish {
    /// Writes the last growth to `last.weight`, the observation and the end of the old side.
    pub(super) fn write(&self, phases: &mut Phases<'_>, last: &Stage, evidence: &Evidence) {
        let observe = self.observe.max(last.length.unwrap_or_default());
        // A stage before may have left less than what is held back; traffic never shrinks.
        let most = self.hold_back.rest().max(phases.weight());
        if self.hold_back > Weight::NONE && last.weight > most {
            let before = Stage { weight: most, length: Some(observe), ..last.clone() };
            phases.grow(&before, evidence);
            phases.split(format!("{} of the traffic", last.weight), last.weight);
            // The rest of the traffic is seen, too, before the old side goes.
            phases.observe(observe.min(LAST_LOOK));
        } else {
            phases.enter(last);
            phases.observe(observe);
            phases.after(&last.after);
        }
        phases.verify("the release works", &self.verify, NEW);
        self.write_success(phases);
    }

    /// Writes the end of the old side, if it ends.
    pub(super) fn write_removal(&self, phases: &mut Phases<'_>) {
        if self.old_side == OldSide::Keep || !phases.is_scaled(0) {
            return;
        }
        if self.keep > Span::ZERO {
            phases.pause(format!("keep the old side for {}", self.keep), self.keep);
        }
        phases.scale(0, 0);
    }

    /// Writes the conditions that must hold at the end.
    pub(super) fn write_success(&self, phases: &mut Phases<'_>) {
        for rule in &self.success {
            let does = Does::Until {
                rule: rule.clone(),
                at_most: Some(self.success_within),
                on_deadline: OnDeadline::RollBack,
            };
            phases.add(format!("success: {rule}"), does);
        }
    }
}

/// How long the new side is watched with all traffic after something was held back.
const LAST_LOOK: Span = Span::from_secs(60);
