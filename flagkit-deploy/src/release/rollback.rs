//! Going back: a machine of its own, in a fixed order, that cannot start another one.
//!
//! The control is made ready if the release took instances from it, then it gets all traffic, then
//! it is checked, then the new instances go, then people hear of it. A rollback asks no gate. If a
//! part of it fails for good there is no safe side: it stops where it is and pages somebody.

use crate::order::{Severity, Wanted};
use crate::release::state::CheckState;
use crate::release::walk::Walk;
use crate::release::{Back, Frozen, Purpose, Stage, Status};
use crate::split::Weight;

impl Walk<'_> {
    /// Rolls back by itself, if the plan allows that.
    pub(super) fn roll_back(&mut self, why: &str) {
        if matches!(self.state.status, Status::RollingBack | Status::Frozen) {
            return self.ignore(format!("it is {} already: {why}", self.state.status));
        }
        if self.release.plan.rollback.automatic || !self.is_touched() {
            self.go_back(why);
        } else {
            self.freeze(&format!("{why}; the plan does not roll back by itself"));
        }
    }

    /// Rolls back.
    pub(super) fn go_back(&mut self, why: &str) {
        if !self.is_touched() {
            return self.cancel(why);
        }
        if let Some(rule) = &self.release.plan.rollback.possible {
            let answer = self.ask(rule);
            if !answer.holds {
                return self.freeze(&format!("{why}; it cannot go back: {}", answer.why));
            }
        }
        self.drop_forward_orders();
        (self.state.paused, self.state.frozen) = (None, None);
        self.state.cause = Some(why.to_owned());
        self.move_to(Status::RollingBack, Stage::Back(Back::Ready), why);
    }

    /// Whether something outside is, or may be, other than before the release.
    fn is_touched(&self) -> bool {
        self.state.touched(&self.release.plan)
    }

    /// Stops where it is, and pages.
    pub(super) fn freeze(&mut self, why: &str) {
        self.drop_forward_orders();
        self.state.paused = None;
        let back = matches!(self.state.stage, Stage::Back(_));
        self.state.frozen = Some(Frozen { since: self.now, why: why.to_owned(), back });
        let stage = self.state.stage.clone();
        self.move_to(Status::Frozen, stage, why);
        self.tell(Severity::Page, "the release is frozen: somebody must act", why);
    }

    /// One move back; says whether there was one.
    pub(super) fn back(&mut self) -> bool {
        if self.waits_for(Purpose::Back) {
            return false;
        }
        let Stage::Back(back) = self.state.stage.clone() else { return false };
        match back {
            Back::Ready => self.make_ready(),
            Back::Between { until } => self.now >= until && self.stage_back(Back::Ready),
            Back::Traffic => self.send_traffic_back(),
            Back::Verify(states) => self.verify_control(states),
            Back::Keep { until } => self.now >= until && self.stage_back(Back::Remove),
            Back::Remove => self.remove_new(),
            Back::Hooks(done) => {
                let hooks = &self.release.plan.rollback.hooks;
                self.hooks(hooks, done, Self::end_rollback)
            }
        }
    }

    /// Goes to the next stage of the rollback.
    fn stage_back(&mut self, back: Back) -> bool {
        self.state.stage = Stage::Back(back);
        true
    }

    /// Gives the control its instances back, in batches if the plan says so.
    fn make_ready(&mut self) -> bool {
        let plan = &self.release.plan;
        let (Some(control), Some(&has), Some(&ordered)) =
            (plan.arms.first(), self.state.replicas.first(), self.state.replicas_wanted.first())
        else {
            return self.stage_back(Back::Traffic);
        };
        // What was ordered and never confirmed may have taken instances away.
        let sure = has.min(ordered);
        if sure >= control.replicas || control.workload.is_none() {
            return self.stage_back(Back::Traffic);
        }
        let batch = if plan.rollback.batch == 0 { control.replicas } else { plan.rollback.batch };
        let next = sure.saturating_add(batch).min(control.replicas);
        let name = control.name.clone();
        self.order_scale(&name, next, Purpose::Back);
        if next < control.replicas {
            let until = self.now + plan.rollback.batch_delay;
            return self.stage_back(Back::Between { until });
        }
        false
    }

    /// Sends all traffic where it was.
    fn send_traffic_back(&mut self) -> bool {
        let plan = &self.release.plan;
        let mut moved = false;
        if self.state.split != plan.base || self.state.split_wanted != plan.base {
            self.order_split(plan.base.clone(), Purpose::Back);
            moved = plan.route.is_some();
        }
        for extra in self.state.extras.clone() {
            match extra {
                Wanted::Mirror { route, arm, .. } => {
                    let share = Weight::NONE;
                    self.order(Purpose::Back, Wanted::Mirror { route, arm, share });
                }
                Wanted::Route { route, arm, .. } => {
                    let headers = std::collections::BTreeMap::new();
                    self.order(Purpose::Back, Wanted::Route { route, arm, headers });
                }
                _ => continue,
            }
            moved = true;
        }
        if moved {
            return false;
        }
        let cause = self.state.cause.clone().unwrap_or_default();
        self.tell(Severity::Page, "rolled back: the control has all traffic again", &cause);
        self.stage_back(self.checks_again())
    }

    /// The stage in which the control is checked.
    pub(super) fn checks_again(&self) -> Back {
        Back::Verify(vec![CheckState::default(); self.release.plan.rollback.verify.len()])
    }

    /// Checks the control.
    fn verify_control(&mut self, states: Vec<CheckState>) -> bool {
        let plan = &self.release.plan;
        let Some(control) = plan.arms.first() else { return false };
        if !self.checks_passed(&plan.rollback.verify, &control.name, states) {
            return false;
        }
        let until = self.now + plan.rollback.keep;
        let next = if self.excess().is_empty() { Back::Remove } else { Back::Keep { until } };
        self.stage_back(next)
    }

    /// New arms with more instances than before the release.
    fn excess(&self) -> Vec<(String, u32)> {
        let plan = &self.release.plan;
        let both = self.state.replicas.iter().zip(&self.state.replicas_wanted);
        let arms = plan.arms.iter().zip(both).skip(1);
        arms.filter(|(arm, (has, wanted))| *has.max(wanted) > &arm.replicas)
            .filter(|(arm, _)| arm.workload.is_some())
            .map(|(arm, _)| (arm.name.clone(), arm.replicas))
            .collect()
    }

    /// Takes the new instances away.
    fn remove_new(&mut self) -> bool {
        let excess = self.excess();
        if excess.is_empty() {
            return self.stage_back(Back::Hooks(0));
        }
        for (arm, replicas) in excess {
            self.order_scale(&arm, replicas, Purpose::Back);
        }
        false
    }

    /// The control serves everything again.
    fn end_rollback(&mut self) {
        let cause = self.state.cause.clone().unwrap_or_default();
        self.move_to(Status::RolledBack, Stage::Entering, cause.clone());
        self.tell(Severity::Info, "the rollback is complete", &cause);
    }
}
