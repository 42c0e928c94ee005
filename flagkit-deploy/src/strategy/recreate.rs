//! Recreate: everything old goes, then everything new comes. There is an interruption.

use serde::Deserialize;

use super::phases::Phases;
use super::{Evidence, Finish, Prepare, Stage};
use crate::plan::{Approval, Plan};
use crate::refusal::Refusal;
use crate::split::Weight;

/// For what cannot run twice at the same time. Nothing serves in between.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Recreate {
    /// Instances of the new side; as many as the old one had without.
    pub replicas: Option<u32>,
    /// Who has to agree before the old side goes.
    pub approve: Option<Approval>,
    /// Checks and warm-up of the new side before it gets traffic.
    pub prepare: Prepare,
    /// What happens after the change. The old side is gone already.
    pub finish: Finish,
}

impl Recreate {
    pub(super) fn write(&self, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        let mut phases = Phases::begin(plan)?;
        let before = phases.replicas(0);
        if let Some(approval) = &self.approve {
            phases.approve("agree to the interruption", approval);
        }
        phases.scale(0, 0);
        phases.scale(1, self.replicas.unwrap_or(before).max(1));
        self.prepare.write(&mut phases);
        // Without the old side there is nothing to compare with, and nothing to hold back.
        let finish = Finish { hold_back: Weight::NONE, ..self.finish.clone() };
        finish.write(&mut phases, &Stage::of(Weight::ALL), &Evidence::default());
        self.prepare.write_end(&mut phases);
        Ok(())
    }
}
