//! Checks: looked at until they pass often enough or fail too often.

use crate::order::{Finding, Severity, Wanted};
use crate::plan::Then;
use crate::policy::{Facts, Layers};
use crate::release::state::CheckState;
use crate::release::walk::Walk;
use crate::release::{Back, Outstanding, Purpose, Stage, Status, Work};

impl Walk<'_> {
    /// Looks at checks that are due; says whether all are settled.
    pub(super) fn checks_passed(
        &mut self,
        names: &[String],
        arm: &str,
        mut states: Vec<CheckState>,
    ) -> bool {
        for (at, (name, state)) in names.iter().zip(&mut states).enumerate() {
            let Ok(place) = u16::try_from(at) else { break };
            let due = !state.settled && state.again_at.is_none_or(|again| again <= self.now);
            if due && !self.waits_for(Purpose::Check(place)) {
                state.again_at = None;
                let wanted = Wanted::Verify { check: name.clone(), arm: arm.to_owned() };
                self.order(Purpose::Check(place), wanted);
            }
        }
        let settled = states.iter().all(|state| state.settled);
        self.put_checks(states);
        settled
    }

    /// Keeps how the checks are doing.
    fn put_checks(&mut self, states: Vec<CheckState>) {
        match &mut self.state.stage {
            Stage::Working(Work::Checks(kept)) | Stage::Back(Back::Verify(kept)) => *kept = states,
            _ => {}
        }
    }

    /// The names of the checks under way, and how they are doing.
    fn checks(&mut self) -> Option<(Vec<String>, &mut Vec<CheckState>)> {
        use crate::plan::Does;
        let names = match (&self.state.stage, self.current().map(|step| &step.does)) {
            (Stage::Back(_), _) => self.release.plan.rollback.verify.clone(),
            (_, Some(Does::Verify { checks, .. })) => checks.clone(),
            _ => return None,
        };
        match &mut self.state.stage {
            Stage::Working(Work::Checks(states)) | Stage::Back(Back::Verify(states)) => {
                Some((names, states))
            }
            _ => None,
        }
    }

    /// A look found something.
    pub(super) fn found(&mut self, place: u16, finding: &Finding) {
        let Some((names, _)) = self.checks() else { return };
        let Some(name) = names.get(usize::from(place)) else { return };
        let Some(check) = self.release.plan.checks.get(name) else { return };
        let found = Facts::from(&finding.attributes);
        let facts = self.known();
        let layers = Layers(&[&found, &facts]);
        let answer = self.release.policies.ask(&check.expect, &layers, self.now);
        if !answer.holds {
            return self.look_at_check_failed(place, &answer.why);
        }
        let (again_at, needed) = (self.now + check.delay, check.passes);
        let Some((_, states)) = self.checks() else { return };
        if let Some(state) = states.get_mut(usize::from(place)) {
            state.passed = state.passed.saturating_add(1);
            state.settled = state.passed >= needed;
            state.again_at = (!state.settled).then_some(again_at);
        }
    }

    /// A look was not as expected, or could not be taken.
    pub(super) fn look_at_check_failed(&mut self, place: u16, why: &str) {
        let now = self.now;
        let Some((names, states)) = self.checks() else { return };
        let at = usize::from(place);
        let (Some(name), Some(state)) = (names.get(at), states.get_mut(at)) else { return };
        (state.passed, state.failed) = (0, state.failed.saturating_add(1));
        let failed = state.failed;
        let Some(check) = self.release.plan.checks.get(name) else { return };
        let over = failed >= check.tries;
        if let Some((_, states)) = self.checks()
            && let Some(state) = states.get_mut(at)
        {
            let doubled = check.delay.times(1 << failed.saturating_sub(1).min(10));
            let delay = check.delay_max.map_or(doubled, |most| doubled.min(most));
            state.again_at = (!over).then_some(now + delay);
            state.settled = over;
        }
        if over {
            let why = format!("check `{name}` failed {failed} times: {why}");
            self.check_failed(check.then, &why);
        }
    }

    /// A check has failed for good.
    fn check_failed(&mut self, then: Then, why: &str) {
        self.refuse("check", why);
        match (self.state.status, then) {
            (_, Then::Tell) => self.tell(Severity::Warning, "a check failed", why),
            (Status::RollingBack, _) => self.freeze(&format!("no safe side: {why}")),
            (_, then) => self.then(then, why),
        }
    }

    /// A hook answered with what can be expected of.
    pub(super) fn hook_found(&mut self, order: Outstanding, finding: &Finding) {
        let Wanted::Hook { hook, .. } = &order.wanted else { return self.done(&order) };
        let expect = self.release.plan.hooks.get(hook).and_then(|hook| hook.expect.as_ref());
        let Some(expect) = expect else { return self.done(&order) };
        let found = Facts::from(&finding.attributes);
        let facts = self.known();
        let layers = Layers(&[&found, &facts]);
        let answer = self.release.policies.ask(expect, &layers, self.now);
        if answer.holds {
            self.done(&order);
        } else {
            let failure = crate::order::Failure::transient(answer.why);
            self.failed(order, &failure);
        }
    }
}
